// The cmdlets that read the configuration.

using System;
using System.Collections.Generic;
using System.Data.SqlClient;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Microsoft.Rtc.Management.Deployment
{
    // A document whose text has the line ends of Windows on every system.
    internal sealed class TopologyDocument : XDocument
    {
        private TopologyDocument(XDocument other) : base(other) { }

        internal static TopologyDocument Read(string text)
        {
            return new TopologyDocument(Parse(text, LoadOptions.PreserveWhitespace));
        }

        public override string ToString()
        {
            var text = new StringBuilder();
            var settings = new XmlWriterSettings { OmitXmlDeclaration = true, NewLineChars = "\r\n" };
            using (XmlWriter writer = XmlWriter.Create(text, settings)) { WriteTo(writer); }
            return text.ToString();
        }
    }

    [Cmdlet("Get", "CsTopology")]
    [OutputType(typeof(XDocument))]
    public sealed class GetTopologyCmdlet : PSCmdlet
    {
        [Parameter] public SwitchParameter AsXml { get; set; }
        [Parameter] public SwitchParameter LocalStore { get; set; }

        protected override void ProcessRecord()
        {
            int number = Store.Call("Get-CsTopology", this);
            if (number == 1) { Store.Reach("read", this); }
            if (Store.Has("ReadFails\t" + number))
            {
                string text = Store.Text("An error occurred: \"System.Data.SqlClient.SqlException\" " +
                    "\"A network-related or instance-specific error occurred while establishing a connection to " +
                    "SQL Server.\"");
                ThrowTerminatingError(new ErrorRecord(new SqlException(text), "ProcessingFailed",
                    ErrorCategory.InvalidOperation, null));
            }
            if (!AsXml || LocalStore) { throw new NotSupportedException("the stand-in supports only -AsXml"); }
            WriteObject(TopologyDocument.Read(Store.Document));
        }
    }

    public sealed class SimpleUrl
    {
        public string Component { get; internal set; }
        public string Domain { get; internal set; }
        public string ActiveUrl { get; internal set; }
    }

    public sealed class SimpleUrlConfiguration
    {
        public string Identity { get; internal set; }
        public List<SimpleUrl> SimpleUrl { get; internal set; }
    }

    [Cmdlet("Get", "CsSimpleUrlConfiguration", DefaultParameterSetName = "Identity")]
    [OutputType(typeof(SimpleUrlConfiguration))]
    public sealed class GetSimpleUrlConfigurationCmdlet : PSCmdlet
    {
        [Parameter(Position = 0, ParameterSetName = "Identity")] public string Identity { get; set; }
        [Parameter(ParameterSetName = "Filter")] public string Filter { get; set; }
        [Parameter] public SwitchParameter LocalStore { get; set; }

        protected override void ProcessRecord()
        {
            int number = Store.Call("Get-CsSimpleUrlConfiguration", this);
            if (Store.Has("UnreadURLs"))
            {
                WriteError(Store.Unread());
            }
            else
            {
                var urls = Store.Lines("urls").Select(line => line.Split('\t'));
                foreach (var group in urls.GroupBy(parts => parts[0]))
                {
                    WriteObject(new SimpleUrlConfiguration
                    {
                        Identity = group.Key,
                        SimpleUrl = group.Select(parts => new SimpleUrl
                        {
                            Component = parts[1], Domain = parts[2], ActiveUrl = parts[3]
                        }).ToList(),
                    });
                }
            }
            if (number == 1) { Store.Reach("writing", this); }
        }
    }

    public enum PoolState { Active, FailingOver, FailedOver, FailingBack }

    public sealed class RegistrarConfiguration
    {
        public string Identity { get; internal set; }
        public PoolState? PoolState { get; internal set; }
    }

    [Cmdlet("Get", "CsRegistrarConfiguration", DefaultParameterSetName = "Identity")]
    [OutputType(typeof(RegistrarConfiguration))]
    public sealed class GetRegistrarConfigurationCmdlet : PSCmdlet
    {
        [Parameter(Position = 0, ParameterSetName = "Identity")] public string Identity { get; set; }
        [Parameter(ParameterSetName = "Filter")] public string Filter { get; set; }
        [Parameter] public SwitchParameter LocalStore { get; set; }

        protected override void ProcessRecord()
        {
            Store.Call("Get-CsRegistrarConfiguration", this);
            const string prefix = "Service:Registrar:";
            if (Store.Has("UnreadStates") || Identity == null || !Identity.StartsWith(prefix, StringComparison.Ordinal))
            {
                WriteError(Store.Unread());
                return;
            }
            PoolState state = PoolState.Active;
            foreach (string[] parts in Store.Lines("states").Select(line => line.Split('\t')))
            {
                if (parts[0] == Identity.Substring(prefix.Length))
                {
                    state = (PoolState) Enum.Parse(typeof(PoolState), parts[1]);
                }
            }
            WriteObject(new RegistrarConfiguration { Identity = Identity, PoolState = state });
        }
    }
}
