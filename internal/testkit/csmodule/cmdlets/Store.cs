// The Central Management store of the stand-in: a folder, whose path is in the environment variable LYNC_STORE.
//
//   topology.xml   the document, as UTF-8
//   urls           the simple URLs, one a line: identity, component, domain, URL
//   states         the states of pools that are not Active, one a line: pool, state
//   backup         the modules of backup services, one a line: pool, identity, state of export, state of import
//   faults         the faults, one a line: name, arguments
//   calls          the cmdlets that ran, one a line: name, arguments, each NAME=VALUE, in alphabetical order
//
// The parts of a line are separated by tabs.

using System;
using System.Collections.Generic;
using System.Data.SqlClient;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Xml.Linq;

namespace Microsoft.Rtc.Management.Deploy
{
    // A fully qualified domain name, which PowerShell converts from a string.
    public sealed class Fqdn
    {
        private readonly string name;

        public Fqdn(string name)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsWhiteSpace))
            {
                throw new ArgumentException("\"" + name + "\" is not a fully qualified domain name.");
            }
            this.name = name;
        }

        public override string ToString() { return name; }
    }
}

namespace System.Data.SqlClient
{
    public sealed class SqlException : Exception
    {
        public SqlException(string message) : base(message) { }
    }
}

namespace Microsoft.Rtc.Management.Deployment
{
    public sealed class DeploymentException : Exception
    {
        public DeploymentException(string message) : base(message) { }
    }

    // A thread that holds a mutex until the process ends.
    public static class ForeignLock
    {
        public static void Hold(string name)
        {
            var ready = new ManualResetEvent(false);
            var thread = new Thread(() =>
            {
                new Mutex(false, name).WaitOne();
                ready.Set();
                Thread.Sleep(Timeout.Infinite);
            });
            thread.IsBackground = true;
            thread.Start();
            ready.WaitOne();
        }
    }

    // Functions on the files of the store.
    internal static class Store
    {
        private static readonly string folder = Environment.GetEnvironmentVariable("LYNC_STORE");

        // The numbers of calls of this process.
        private static readonly Dictionary<string, int> calls = new Dictionary<string, int>();

        private static string PathOf(string name) { return Path.Combine(folder, name); }

        internal static string[] Lines(string name)
        {
            return File.Exists(PathOf(name)) ? File.ReadAllLines(PathOf(name)) : new string[0];
        }

        internal static string Document
        {
            get { return File.ReadAllText(PathOf("topology.xml")); }
            set
            {
                // Readers find the old or the new document.
                string path = PathOf("topology." + Guid.NewGuid().ToString("N"));
                File.WriteAllText(path, value, new UTF8Encoding(false));
                File.Replace(path, PathOf("topology.xml"), null);
            }
        }

        internal static void LoseUrls() { File.WriteAllText(PathOf("urls"), ""); }

        // Returns the arguments of a fault, one item for each line with its name.
        internal static IEnumerable<string> Faults(string name)
        {
            return Lines("faults").Where(line => line == name || line.StartsWith(name + "\t", StringComparison.Ordinal))
                .Select(line => line.Substring(Math.Min(line.Length, name.Length + 1)));
        }

        // Returns the error of a cmdlet that cannot read the configuration.
        internal static ErrorRecord Unread()
        {
            const string kind = "System.Data.SqlClient.SqlException";
            string text = Text("An error occurred: \"" + kind + "\" \"Cannot open database.\"");
            return new ErrorRecord(new SqlException(text), "ProcessingFailed", ErrorCategory.InvalidOperation, null);
        }

        internal static bool Has(string fault) { return Faults(fault).Any(); }

        // Records a call with its arguments and returns its number in this process, from 1.
        internal static int Call(string cmdlet, PSCmdlet call)
        {
            var arguments = call.MyInvocation.BoundParameters.Select(pair => pair.Key + "=" + pair.Value);
            var line = new[] { cmdlet }.Concat(arguments.OrderBy(text => text, StringComparer.Ordinal));
            File.AppendAllText(PathOf("calls"), string.Join("\t", line) + "\n");
            int number;
            calls.TryGetValue(cmdlet, out number);
            return calls[cmdlet] = number + 1;
        }

        // Returns a message in the language of the host.
        internal static string Text(string message)
        {
            return Has("Localized")
                ? "Fehler beim Ausf\u00fchren des Befehls: \u00dcberpr\u00fcfung fehlgeschlagen" : message;
        }

        // Makes the events of a step happen: "Admin step old=new", "Slow step milliseconds", "Hang step address",
        // "Kill step", "Exit step", "Noise step".
        internal static void Reach(string step, PSCmdlet cmdlet)
        {
            foreach (string change in Faults("Admin\t" + step))
            {
                int end = change.IndexOf('=');
                Document = Document.Replace(change.Substring(0, end), change.Substring(end + 1));
            }
            if (Has("Noise\t" + step)) { Noise(cmdlet); }
            foreach (string time in Faults("Slow\t" + step)) { Thread.Sleep(int.Parse(time)); }
            foreach (string address in Faults("Hang\t" + step))
            {
                string[] parts = address.Split(':');
                using (var peer = new TcpClient(parts[0], int.Parse(parts[1])))
                {
                    while (peer.GetStream().ReadByte() >= 0) { }
                }
            }
            if (Has("Kill\t" + step)) { Process.GetCurrentProcess().Kill(); }
            if (Has("Exit\t" + step))
            {
                Console.Error.WriteLine("#< CLIXML");
                Console.Error.WriteLine("<Objs Version=\"1.1.0.1\" " +
                    "xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S S=\"Error\">" +
                    "Zugriff verweigert: _x00DC_bergabe_x000D__x000A_</S></Objs>");
                Environment.Exit(1);
            }
        }

        // Writes to every stream, and bytes that are not text to both outputs of the process.
        private static void Noise(PSCmdlet cmdlet)
        {
            byte[] bytes = Encoding.GetEncoding("iso-8859-1")
                .GetBytes("*** Authorised use only \u00fc\u0084 {lync:0:result} ***\r\n");
            using (Stream output = Console.OpenStandardOutput()) { output.Write(bytes, 0, bytes.Length); }
            using (Stream output = Console.OpenStandardError()) { output.Write(bytes, 0, bytes.Length); }
            cmdlet.WriteVerbose("verbose {lync:0:result}");
            cmdlet.WriteDebug("debug {lync:0:result}");
            cmdlet.WriteInformation("information {lync:0:result}", new[] { "PSHOST" });
            cmdlet.WriteProgress(new ProgressRecord(1, "activity {lync:0:result}", "status"));
            cmdlet.Host.UI.WriteLine("host {lync:0:result}");
            Console.Out.WriteLine("console {lync:0:result}");
        }
    }
}
