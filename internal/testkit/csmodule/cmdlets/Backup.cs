// The cmdlets for the backup service.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.Rtc.Management.Deploy;
using Microsoft.Rtc.Management.Deployment;

namespace System.ServiceModel.Security
{
    public sealed class SecurityAccessDeniedException : Exception
    {
        public SecurityAccessDeniedException(string message) : base(message) { }
    }
}

namespace Microsoft.Rtc.Management.Hadr
{
    public sealed class BackupModule
    {
        public string Identity { get; internal set; }
        public string ExportStatus { get; internal set; }
        public string ImportStatus { get; internal set; }
    }

    public sealed class BackupServiceStatus
    {
        public List<BackupModule> BackupModules { get; internal set; }
    }

    public abstract class BackupServiceCmdlet : PSCmdlet
    {
        [Parameter(Mandatory = true, Position = 0)] public Fqdn PoolFqdn { get; set; }
        [Parameter] public SwitchParameter Force { get; set; }

        // Returns the modules of the pool, or null after an error that leaves no result.
        internal List<BackupModule> Modules()
        {
            Store.Call(MyInvocation.MyCommand.Name, this);
            Store.Reach("backup", this);
            List<BackupModule> modules = Store.Lines("backup").Select(line => line.Split('\t'))
                .Where(parts => parts[0] == PoolFqdn.ToString())
                .Select(parts => new BackupModule
                {
                    Identity = parts[1], ExportStatus = parts[2], ImportStatus = parts[3]
                })
                .ToList();
            bool failed = Store.Has("BackupFails") || modules.Count == 0;
            if (failed || Store.Has("BackupReportsError"))
            {
                WriteError(new ErrorRecord(
                    new System.ServiceModel.Security.SecurityAccessDeniedException(
                        Store.Text("The backup service of the pool cannot be reached.")),
                    "BackupService", ErrorCategory.InvalidOperation, null));
            }
            return failed ? null : modules;
        }
    }

    [Cmdlet("Get", "CsBackupServiceStatus")]
    [OutputType(typeof(BackupServiceStatus))]
    public sealed class GetBackupServiceStatusCmdlet : BackupServiceCmdlet
    {
        [Parameter] public string Category { get; set; }

        protected override void ProcessRecord()
        {
            List<BackupModule> modules = Modules();
            if (modules != null) { WriteObject(new BackupServiceStatus { BackupModules = modules }); }
        }
    }

    [Cmdlet("Invoke", "CsBackupServiceSync", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
    public sealed class InvokeBackupServiceSyncCmdlet : BackupServiceCmdlet
    {
        [Parameter] public string BackupModule { get; set; }

        protected override void ProcessRecord()
        {
            if (ShouldProcess(PoolFqdn.ToString(), "Synchronize")) { Modules(); }
        }
    }
}
