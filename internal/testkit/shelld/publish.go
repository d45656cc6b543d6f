package shelld

import (
	"slices"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// publish runs the script publish-topology.
func (r *run) publish() {
	data := r.data()
	base, ok := r.checkBase(data, time.Now())
	if !ok {
		return
	}
	r.printMark(r.request.Nonce, "publishing")

	r.answer["outcome"] = "called"
	r.answer["wanted"] = map[string]any{"path": r.path("wanted.xml")}

	r.at(Publishing)
	held := r.publishCmdlet()
	r.at(Published)

	readFails := r.has(func(f Fault) bool { return f.ReadFails })
	changed := r.read(readFails) && content(r.document) != content(base)
	if readFails {
		r.failed = false
	}
	if same := r.reportBackup(base, held); changed && same {
		r.enable()
	}
	r.answer["urls_after"] = r.simpleURLs()
}

// checkBase reads the topology, returns it and reports whether the script can publish. Otherwise it sets the outcome.
func (r *run) checkBase(data shell.PublishData, began time.Time) (base string, ok bool) {
	r.mu.Lock()
	revoked := r.revoked[data.Run]
	r.mu.Unlock()

	if revoked {
		r.answer["outcome"] = "revoked"
		return "", false
	}
	r.at(Read)
	r.read(false)

	if powershell.Hash([]byte(r.document)) != data.BaseSHA256 {
		r.answer["outcome"] = "conflict"
		return "", false
	}
	base, r.document = r.document, ""

	if failed := r.failedOver(data.Unpaired); len(failed) > 0 {
		r.answer["outcome"], r.answer["failed_over"] = "failed_over", failed
		return "", false
	}
	r.answer["urls_before"] = r.simpleURLs()
	r.at(Writing)

	if data.Seconds > 0 && time.Since(began) >= time.Duration(data.Seconds)*time.Second {
		r.answer = map[string]any{"outcome": "late"}
		return "", false
	}
	return base, true
}

// failedOver returns those of the pools that have failed over, or are failing over or back, with their states.
func (r *run) failedOver(pools []string) []map[string]string {
	var found []map[string]string
	for _, pool := range pools {
		if r.has(func(f Fault) bool { return f.UnreadStates }) {
			r.add(r.unread("Get-CsRegistrarConfiguration", "GetRegistrarConfigurationCmdlet"))
			r.warnings = append(r.warnings,
				"whether "+pool+" is failed over could not be learnt from Get-CsRegistrarConfiguration")
			continue
		}
		r.mu.Lock()
		state := r.states[pool]
		r.mu.Unlock()
		if slices.Contains([]string{"FailedOver", "FailingOver", "FailingBack"}, state) {
			found = append(found, map[string]string{"pool": pool, "state": state})
		}
	}
	return found
}

// reportBackup adds the backup that Publish-CsTopology made of the document held to the answer. It reports whether the
// backup has the content of base.
func (r *run) reportBackup(base, held string) (same bool) {
	// The script reports null for a backup that no other account can write, and an empty text without a backup.
	backup := map[string]any{"path": "", "same": false, "text": "", "untrusted": "", "unreadable": ""}
	if held != "" && r.has(func(f Fault) bool { return f.ForeignBackup }) {
		backup["untrusted"] = "can be written by BUILTIN\\Users (S-1-5-32-545)"
	} else if held != "" && !r.has(func(f Fault) bool { return f.NoBackup }) {
		backup["untrusted"] = nil
		if r.has(func(f Fault) bool { return f.UnreadableBackup }) {
			backup["path"] = r.path("before.xml")
			backup["unreadable"] = "Data at the root level is invalid. Line 1, position 1."
			r.answer["backup"] = backup
			return false
		}
		same = content(held) == content(base)
		if backup["path"], backup["same"] = r.path("before.xml"), same; !same {
			backup["text"] = pack(`<?xml version="1.0" encoding="utf-16"?>` + "\r\n" + held)
		}
	}
	r.answer["backup"] = backup
	return same
}

// publishCmdlet runs Publish-CsTopology. It returns the document that the store held before, or "" if the cmdlet failed
// before it wrote a backup.
func (r *run) publishCmdlet() (held string) {
	const cmdlet = "Publish-CSTopology"

	r.count(func(c *Counts) { c.Publishes++ })

	content := info("Connection", `Data Source=sql.contoso.com\rtc;Initial Catalog=xds;Integrated Security=True`) +
		action("Get Schema State", "")
	publish, more, fault := r.publishResult(cmdlet)
	content += more

	if r.has(func(f Fault) bool { return f.Warn }) {
		content += `<Warning Time="2013-01-01 00:00:00Z">` + escape("Some warning & more") + `</Warning>`
	}
	r.mu.Lock()
	if fault == nil || publish {
		held = r.Shell.document
	}
	if publish {
		r.put(r.request.Document)
	}
	if r.has(func(f Fault) bool { return f.LoseURLs }) {
		r.urls = nil
	}
	r.mu.Unlock()

	r.report("publish", cmdlet, content, fault)
	return held
}

// publishResult reports whether Publish-CsTopology publishes. It returns additional content of its report and its
// error, or nil.
func (r *run) publishResult(cmdlet string) (publish bool, content string, fault *powershelltest.Fault) {
	const (
		id       = "ProcessingFailed,Microsoft.Rtc.Management.Deployment.PublishTopologyCmdlet"
		sqlError = "System.Data.SqlClient.SqlException"
		refusal  = "Microsoft.Rtc.Management.Deployment.DeploymentException"
	)
	failure := func(kind, text string) *powershelltest.Fault {
		return &powershelltest.Fault{
			Message: `An error occurred: "` + kind + `" "` + text + `"`, Cmdlet: cmdlet, Category: "InvalidOperation",
			ID: id, Exception: kind,
		}
	}
	switch {
	case r.has(func(f Fault) bool { return f.Denied }):
		text := `The EXECUTE permission was denied on the object 'XdsPublishItems', database 'xds', schema 'dbo'.`
		return false, action("Validate New Topology", info("Validation", "Validation was successful.")) +
			action("SaveCachedItems", exception(sqlError, text)), failure(sqlError, text)
	case r.has(func(f Fault) bool { return f.Refuse }):
		text := r.text(`A trusted service with the type "Microsoft.Rtc.Applications.Cas" and the fully qualified ` +
			`domain name (FQDN) "sip.contoso.com" was found for a previous server version.`)
		return false, action("Validate New Topology", exception(refusal, text)), failure(refusal, text)
	case r.has(func(f Fault) bool { return f.Unparsed }):
		const kind = "System.Xml.XmlException"
		text := r.text("There is no Unicode byte order mark. Cannot switch to Unicode.")
		return false, exception(kind, text), failure(kind, text)
	case r.has(func(f Fault) bool { return f.Silent }):
		return false, "", nil
	case r.has(func(f Fault) bool { return f.PublishReportsError }):
		return true, `<Error Title="SqlConnectionFailure" Time="2013-01-01 00:00:00Z">` +
				escape(r.text("Failed to connect to SQL Server")) + `</Error>`,
			&powershelltest.Fault{
				Message: r.text("Failed to connect to the SQL server backend.contoso.com."), Cmdlet: cmdlet,
				Category: "NotSpecified", Exception: refusal,
				ID: "SqlConnectionFailure,Microsoft.Rtc.Management.Deployment.PublishTopologyCmdlet",
			}
	default:
		return true, "", nil
	}
}

// put stores a document. The caller holds mu.
func (r *run) put(document string) {
	for _, problem := range addedProblems(r.Shell.document, document) {
		r.t.Errorf("the publish adds a problem to the topology: %s", problem)
	}
	for _, f := range r.faults {
		if from, to, ok := strings.Cut(f.Tamper, "="); ok {
			document = strings.ReplaceAll(document, from, to)
		}
	}
	if r.reorder {
		document = reordered(document)
	}
	if r.renew {
		document = sign(document, r.number)
	}
	r.Shell.document = testkit.StoredText([]byte(document))
}

// enable runs Enable-CsTopology.
func (r *run) enable() {
	r.answer["outcome"] = "called"
	r.at(Enabling)
	r.count(func(c *Counts) { c.Enables++ })

	var fault *powershelltest.Fault

	content := action("Enable Topology", "")

	if r.has(func(f Fault) bool { return f.EnableFails }) {
		text := r.text("Access is denied.")
		fault = &powershelltest.Fault{
			Message: `An error occurred: "System.UnauthorizedAccessException" "` + text + `"`,
			Cmdlet:  "Enable-CsTopology", Category: "InvalidOperation",
			ID:        "ProcessingFailed,Microsoft.Rtc.Management.Deployment.EnableTopologyCmdlet",
			Exception: "System.UnauthorizedAccessException",
		}
		content = action("Enable Topology", exception("System.UnauthorizedAccessException", text))
	}
	r.report("enable", "Enable-CsTopology", content, fault)
}

// unread returns the error of a cmdlet that cannot read the configuration.
func (r *run) unread(cmdlet, class string) powershelltest.Fault {
	return powershelltest.Fault{
		Message: r.text(`An error occurred: "System.Data.SqlClient.SqlException" "Cannot open database."`),
		Cmdlet:  cmdlet, Category: "InvalidOperation",
		ID:        processingFailed + ",Microsoft.Rtc.Management.Deployment." + class,
		Exception: "System.Data.SqlClient.SqlException",
	}
}

func (r *run) simpleURLs() []string {
	if r.has(func(f Fault) bool { return f.UnreadURLs }) {
		r.add(r.unread("Get-CsSimpleUrlConfiguration", "GetSimpleUrlConfigurationCmdlet"))
		return []string{"?"}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.urls...)
}
