// The cmdlets that write the topology, and their reports.

using System;
using System.Data.SqlClient;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.Rtc.Management.Deploy;

namespace Microsoft.Rtc.Management.Deployment
{
    // A cmdlet with a report. The texts and the format of the report are those of published logs.
    public abstract class ReportingCmdlet : PSCmdlet
    {
        private readonly StringBuilder content = new StringBuilder();

        [Parameter] public SwitchParameter Force { get; set; }
        [Parameter] public Fqdn GlobalCatalog { get; set; }
        [Parameter] public Fqdn GlobalSettingsDomainController { get; set; }
        [Parameter] public string Report { get; set; }

        private const string Time = " Time=\"2013-01-01 00:00:00Z\"";

        protected static string Escape(string text) { return SecurityElement.Escape(text).Replace("&apos;", "'"); }

        protected void Add(string text) { content.Append(text); }

        protected static string Action(string name, string inside)
        {
            return "<Action Name=\"" + name + "\"" + Time + ">" + inside + "</Action>";
        }

        protected static string Info(string title, string text)
        {
            return "<Info Title=\"" + title + "\"" + Time + ">" + Escape(text) + "</Info>";
        }

        protected static string Warning(string text) { return "<Warning" + Time + ">" + Escape(text) + "</Warning>"; }

        protected static string Error(string title, string text)
        {
            return "<Error Title=\"" + title + "\"" + Time + ">" + Escape(text) + "</Error>";
        }

        protected static string Failure(string kind, string text)
        {
            return "<Exception Type=\"" + kind + "\" Message=\"" + Escape(text) + "\"" + Time +
                "><StackTrace>   at Microsoft.Rtc.Management.Deployment.X()</StackTrace></Exception>";
        }

        // Writes an error that ended the work of the cmdlet. The exception has the text of the management shell.
        protected void Fail(string kind, string text, Func<string, Exception> exception)
        {
            Finish(exception("An error occurred: \"" + kind + "\" \"" + text + "\""), "ProcessingFailed",
                ErrorCategory.InvalidOperation);
        }

        // Writes the report, and an error if there is one.
        protected void Finish(
            Exception error = null, string id = null, ErrorCategory category = ErrorCategory.NotSpecified)
        {
            if (id != "ProcessingFailed") { Add(Info("Command Status", "Command run is complete.")); }

            string name = MyInvocation.MyCommand.Name;
            if (Report != null)
            {
                string path = GetUnresolvedProviderPathFromPSPath(Report);
                File.WriteAllText(path, "<html></html>", Encoding.Unicode);
                File.WriteAllText(Path.ChangeExtension(path, ".xml"), "<?xml version=\"1.0\" encoding=\"utf-16\"?>" +
                    "<CsMgmtLog Name=\"" + name + "\">" + Action(name, content.ToString()) + "<Complete /></CsMgmtLog>",
                    Encoding.Unicode);
            }
            if (error == null) { return; }

            WriteError(new ErrorRecord(error, id, category, null));
            WriteWarning(name + " encountered errors. Consult the log file for a detailed analysis, and ensure all " +
                "errors (1) and warnings (0) are addressed before continuing.");
            if (Report != null) { WriteWarning("Detailed results can be found at \"" + Report + "\"."); }
        }
    }

    [Cmdlet("Publish", "CSTopology", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High,
        DefaultParameterSetName = "FileName")]
    public sealed class PublishTopologyCmdlet : ReportingCmdlet
    {
        [Parameter(Mandatory = true, Position = 0, ParameterSetName = "FileName")] public string FileName { get; set; }
        [Parameter(Mandatory = true, ParameterSetName = "Document")] public XElement Document { get; set; }
        [Parameter(Mandatory = true, ParameterSetName = "Uninstall")]
        public SwitchParameter FinalizeUninstall { get; set; }
        [Parameter] public string BackupFileName { get; set; }

        protected override void ProcessRecord()
        {
            if (FinalizeUninstall) { throw new NotSupportedException("FinalizeUninstall publishes an empty topology"); }
            if (!ShouldProcess("Topology", "Publish")) { return; }
            if (!Force && !ShouldContinue("Do you want to continue?", "Publish the topology")) { return; }

            Store.Reach("publishing", this);
            Store.Call("Publish-CsTopology", this);
            Work();
            Store.Reach("published", this);
        }

        private void Work()
        {
            Add(Info("Connection", @"Data Source=sql.contoso.com\rtc;Initial Catalog=xds;Integrated Security=True"));
            Add(Action("Get Schema State", ""));

            XDocument wanted;
            try
            {
                if (Store.Has("Unparsed"))
                {
                    // A file that is not in the encoding that it declares.
                    File.WriteAllText(FileName, "<?xml version=\"1.0\" encoding=\"utf-16\"?><x/>");
                }
                wanted = Document != null ? new XDocument(Document)
                    : XDocument.Load(GetUnresolvedProviderPathFromPSPath(FileName), LoadOptions.PreserveWhitespace);
            }
            catch (XmlException error)
            {
                Unread(error, text => new XmlException(text));
                return;
            }
            catch (IOException error)
            {
                Unread(error, text => new IOException(text));
                return;
            }
            if (Store.Has("Denied"))
            {
                const string text = "The EXECUTE permission was denied on the object 'XdsPublishItems', " +
                    "database 'xds', schema 'dbo'.";
                Add(Action("Validate New Topology", Info("Validation", "Validation was successful.")));
                Add(Action("SaveCachedItems", Failure("System.Data.SqlClient.SqlException", text)));
                Fail("System.Data.SqlClient.SqlException", text, message => new SqlException(message));
                return;
            }
            if (Store.Has("Refuse"))
            {
                string text = Store.Text("A trusted service with the type \"Microsoft.Rtc.Applications.Cas\" and " +
                    "the fully qualified domain name (FQDN) \"sip.contoso.com\" was found for a previous server " +
                    "version.");
                const string kind = "Microsoft.Rtc.Management.Deployment.DeploymentException";
                Add(Action("Validate New Topology", Failure(kind, text)));
                Fail(kind, text, message => new DeploymentException(message));
                return;
            }
            if (BackupFileName != null && !Store.Has("NoBackup")) { Save(Store.Document, BackupFileName); }

            DeploymentException reported = null;
            if (!Store.Has("Silent")) { Store.Document = Tampered(Text(wanted)); }
            if (Store.Has("PublishReportsError"))
            {
                Add(Error("SqlConnectionFailure", Store.Text("Failed to connect to SQL Server")));
                reported = new DeploymentException(
                    Store.Text("Failed to connect to the SQL server backend.contoso.com."));
            }
            if (Store.Has("Warn")) { Add(Warning("Some warning & more")); }
            if (Store.Has("LoseURLs")) { Store.LoseUrls(); }
            Finish(reported, "SqlConnectionFailure");
        }

        // Reports that the file to publish cannot be read.
        private void Unread(Exception error, Func<string, Exception> exception)
        {
            string type = error.GetType().FullName;
            Add(Failure(type, error.Message));
            Fail(type, error.Message, exception);
        }

        private static string Text(XDocument document)
        {
            return TopologyDocument.Read(document.ToString(SaveOptions.DisableFormatting)).ToString();
        }

        // Returns a document with the replacements of the fault Tamper.
        private static string Tampered(string document)
        {
            foreach (string change in Store.Faults("Tamper"))
            {
                int end = change.IndexOf('=');
                document = document.Replace(change.Substring(0, end), change.Substring(end + 1));
            }
            return document;
        }

        private void Save(string document, string path)
        {
            if (Store.Has("UnreadableBackup"))
            {
                File.WriteAllText(GetUnresolvedProviderPathFromPSPath(path), "text");
                return;
            }
            File.WriteAllText(GetUnresolvedProviderPathFromPSPath(path),
                "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n" + document, Encoding.Unicode);
        }
    }

    [Cmdlet("Enable", "CsTopology", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
    public sealed class EnableTopologyCmdlet : ReportingCmdlet
    {
        [Parameter] public bool SkipPrepareCheck { get; set; }

        protected override void ProcessRecord()
        {
            Store.Call("Enable-CsTopology", this);
            if (!ShouldProcess("Topology", "Enable")) { return; }

            Store.Reach("enabling", this);
            if (!Store.Has("EnableFails"))
            {
                Add(Action("Enable Topology", ""));
                Finish();
                return;
            }
            string text = Store.Text("Access is denied.");
            Add(Action("Enable Topology", Failure("System.UnauthorizedAccessException", text)));
            Fail("System.UnauthorizedAccessException", text, message => new UnauthorizedAccessException(message));
        }
    }
}
