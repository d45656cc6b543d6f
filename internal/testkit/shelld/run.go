package shelld

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// run is one run of a script.
type run struct {
	*Shell
	number  int // of this run
	request powershelltest.Request
	outer   *powershelltest.Request // what opens the session that the script runs in, nil for none
	ctx     context.Context         //nolint:containedctx // a run is a call
	seen    func([]byte)
	faults  []Fault

	out      []byte // what came before the answer
	answer   map[string]any
	document string
	failed   bool
	errors   []powershelltest.Fault
	warnings []string

	killed error // why it was stopped
}

// stopped is how a script that was killed leaves.
type stopped struct{}

// has asks for a fault.
func (r *run) has(what func(Fault) bool) bool { return slices.ContainsFunc(r.faults, what) }

// alone starts the script of a connection that is lost while the script goes on.
func (r *run) alone() bool {
	i := slices.IndexFunc(r.faults, func(f Fault) bool { return f.Alone })
	if i < 0 {
		return false
	}

	gone, done := make(chan struct{}), make(chan struct{})
	r.faults[i].Notify = func() {
		// From here on nobody ends it and nobody hears of it.
		r.ctx, r.seen = context.WithoutCancel(r.ctx), func([]byte) {}

		close(gone)
	}

	go func() {
		defer close(done)

		r.work() //nolint:contextcheck // that is the fault
	}()

	select {
	case <-gone:
		return true
	case <-done:
		r.t.Errorf("%s never came to the step %q", r.request.Script, r.faults[i].At)

		return false
	}
}

// at passes a step, with all that happens there.
func (r *run) at(step Step) {
	for _, f := range r.faults {
		if f.At != step {
			continue
		}

		if f.Notify != nil {
			f.Notify()
		}

		if f.Admin != nil {
			r.mu.Lock()
			r.Shell.document = f.Admin(r.Shell.document)
			r.mu.Unlock()
		}

		if f.Lost {
			r.stop(ErrLost)
		}

		if f.Ended {
			r.stop(errSession)
		}

		if f.Hang {
			<-r.ctx.Done()
		}

		if f.Slow > 0 {
			timer := time.NewTimer(f.Slow)
			select {
			case <-timer.C:
			case <-r.ctx.Done():
				timer.Stop()
			}
		}
	}

	if r.ctx.Err() != nil {
		r.stop(context.Cause(r.ctx))
	}
}

func (r *run) stop(err error) {
	r.killed = err

	panic(stopped{})
}

// work does what the script does.
func (r *run) work() {
	defer func() {
		if reason := recover(); reason != nil {
			if _, ok := reason.(stopped); !ok {
				panic(reason)
			}
		}
	}()

	r.at(Connect)

	if r.outer == nil && r.needsHop() {
		r.fail(noHop)

		return
	}

	if r.has(func(f Fault) bool { return f.NoModule }) {
		r.fail(powershelltest.Fault{Message: "PSModulePath is C:\\", ID: "LyncModule", Category: "InvalidOperation"})

		return
	}

	switch powershell.Script(r.request.Script) {
	case powershell.GetTopology:
		r.count(func(c *Counts) { c.Loads++ })
		r.at(Read)
		r.answer = map[string]any{"module": "Lync", "module_version": "5.0.8308.0"}
		r.read(true)
	case powershell.SettleTopology:
		r.count(func(c *Counts) { c.Settles++ })

		r.settle()
	case powershell.EnableTopology:
		r.locked(r.enable)
	case powershell.PublishTopology:
		r.locked(r.publish)
	case powershell.BackupServiceStatus:
		r.backupService("Get-CsBackupServiceStatus")
	case powershell.BackupServiceSync:
		r.backupService("Invoke-CsBackupServiceSync")
	default:
		r.t.Errorf("the double knows no script %q", r.request.Script)
	}

	r.at(Answer)
}

func (r *run) count(add func(*Counts)) {
	r.mu.Lock()
	defer r.mu.Unlock()

	add(&r.counts)
}

// fail ends the script's own work with an error.
func (r *run) fail(fault powershelltest.Fault) {
	fault.Terminating = true
	r.errors = append(r.errors, fault)
	r.failed = true
}

// data is what the script was sent.
func (r *run) data() powershell.PublishData {
	var data powershell.PublishData
	if err := json.Unmarshal(r.request.Data, &data); err != nil {
		r.t.Errorf("the data of %s: %v", r.request.Script, err)
	}

	return data
}

// take takes the lock, or gives up after the time that the script was given.
func (r *run) take() bool {
	if r.has(func(f Fault) bool { return f.Busy }) {
		return false
	}

	timer := time.NewTimer(time.Duration(r.data().LockSeconds) * time.Second)
	defer timer.Stop()

	select {
	case r.lock <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-r.ctx.Done():
		r.stop(context.Cause(r.ctx))

		return false
	}
}

// locked does what needs the lock.
func (r *run) locked(work func()) {
	if !r.take() {
		r.answer["outcome"] = "busy"

		return
	}

	defer func() { <-r.lock }()

	work()
}

// settle reads behind a publish that is under way.
func (r *run) settle() {
	locked := r.take()
	if locked {
		defer func() { <-r.lock }()

		r.mu.Lock()
		r.revoked[r.data().Run] = true
		r.mu.Unlock()
	}

	r.answer = map[string]any{"settled": locked}
	r.at(Read)
	r.read(true)
}

// read is Get-CsTopology -AsXml.
func (r *run) read(mayFail bool) bool {
	if mayFail && r.has(func(f Fault) bool { return f.ReadFails }) {
		r.fail(powershelltest.Fault{
			Message: r.text(`An error occurred: "System.Data.SqlClient.SqlException" "A network-related or instance-specific error occurred while ` +
				`establishing a connection to SQL Server."`),
			Cmdlet: "Get-CsTopology", Category: "InvalidOperation", ID: "ProcessingFailed,Microsoft.Rtc.Management.Deployment.GetTopologyCmdlet",
			Exception: "System.Data.SqlClient.SqlException",
		})

		return false
	}

	r.mu.Lock()
	r.document = r.Shell.document
	r.mu.Unlock()

	return true
}

// text is a message, in another language if that is what the host speaks.
func (r *run) text(message string) string {
	if r.has(func(f Fault) bool { return f.LocalisedMsg }) {
		return "Fehler beim Ausf\u00fchren des Befehls: \u00dcberpr\u00fcfung fehlgeschlagen"
	}

	return message
}

func (r *run) path(kind string) string {
	return fmt.Sprintf(`%s\20130101T000000Z-%08x.%s`, Folder, r.number, kind)
}

func (r *run) publish() {
	data := r.data()
	began := time.Now()

	r.mu.Lock()
	revoked := r.revoked[data.Run]
	r.mu.Unlock()

	if revoked {
		r.answer["outcome"] = "revoked"

		return
	}

	r.at(Read)
	r.read(false)

	if base := r.document; hash(base) != data.BaseSHA256 {
		r.answer["outcome"] = "conflict"

		return
	}

	base := r.document
	r.document = ""

	if failed := r.Shell.failedOver(data.Unpaired); len(failed) > 0 {
		r.answer["outcome"], r.answer["failed_over"] = "failed_over", failed

		return
	}

	r.answer["urls_before"] = r.simpleURLs()
	r.at(Writing)

	if data.Seconds > 0 && time.Since(began) >= time.Duration(data.Seconds)*time.Second {
		r.answer = map[string]any{"outcome": "late"}

		return
	}

	line := []byte("\r\n{lync:" + r.request.Nonce + ":publishing}\r\n")
	r.out = append(r.out, line...)
	// It comes in pieces.
	r.seen(line[:20])
	r.seen(line[20:])

	r.answer["outcome"] = "called"
	r.answer["wanted"] = map[string]any{"path": r.path("wanted.xml")}

	r.at(Publishing)

	held := r.publishCmdlet()

	r.at(Published)

	changed := r.read(r.has(func(f Fault) bool { return f.ReadFails })) && r.document != base
	if r.has(func(f Fault) bool { return f.ReadFails }) {
		r.failed = false
	}

	backup := map[string]any{"path": "", "same": false, "text": ""}
	same := false

	if held != "" && !r.has(func(f Fault) bool { return f.NoBackup }) {
		same = between.ReplaceAllString(held, "><") == between.ReplaceAllString(base, "><")
		if backup["path"], backup["same"] = r.path("before.xml"), same; !same {
			backup["text"] = pack("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" + held)
		}
	}

	r.answer["backup"] = backup

	if changed && same {
		r.enable()
	}

	r.answer["urls_after"] = r.simpleURLs()
}

// publishCmdlet is Publish-CsTopology. It returns what the store held when it was called, empty if it did not get that far.
func (r *run) publishCmdlet() (held string) {
	const cmdlet = "Publish-CSTopology"

	r.count(func(c *Counts) { c.Publishes++ })

	var fault *powershelltest.Fault

	content := info("Connection", `Data Source=sql.contoso.com\rtc;Initial Catalog=xds;Integrated Security=True`) + action("Get Schema State", "")
	publish := false

	switch {
	case r.has(func(f Fault) bool { return f.Denied }):
		text := `The EXECUTE permission was denied on the object 'XdsPublishItems', database 'xds', schema 'dbo'.`
		fault = &powershelltest.Fault{
			Message: fmt.Sprintf("An error occurred: %q %q", "System.Data.SqlClient.SqlException", text), Cmdlet: cmdlet, Category: "InvalidOperation",
			ID: "ProcessingFailed,Microsoft.Rtc.Management.Deployment.PublishTopologyCmdlet", Exception: "System.Data.SqlClient.SqlException",
		}
		content += action("Validate New Topology", info("Validation", "Validation was successful.")) +
			action("SaveCachedItems", exception("System.Data.SqlClient.SqlException", text))
	case r.has(func(f Fault) bool { return f.Refuse }):
		text := r.text(`A trusted service with the type "Microsoft.Rtc.Applications.Cas" and the fully qualified domain name (FQDN) ` +
			`"sip.contoso.com" was found for a previous server version.`)
		kind := "Microsoft.Rtc.Management.Deployment.DeploymentException"
		fault = &powershelltest.Fault{
			Message: fmt.Sprintf("An error occurred: %q %q", kind, text), Cmdlet: cmdlet, Category: "InvalidOperation",
			ID: "ProcessingFailed,Microsoft.Rtc.Management.Deployment.PublishTopologyCmdlet", Exception: kind,
		}
		content += action("Validate New Topology", exception(kind, text))
	case r.has(func(f Fault) bool { return f.Silent }):
	case r.has(func(f Fault) bool { return f.Grumble }):
		publish = true
		fault = &powershelltest.Fault{Message: r.text("Failed to connect to the SQL server backend.contoso.com."), Cmdlet: cmdlet, Category: "NotSpecified"}
		content += `<Error Title="SqlConnectionFailure" Time="2013-01-01 00:00:00Z">` + escape(r.text("Failed to connect to SQL Server")) + `</Error>`
	default:
		publish = true
	}

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

// put is how the store takes a document. It needs the lock of the fields.
func (r *run) put(document string) {
	for _, problem := range addedProblems(r.Shell.document, document) {
		r.t.Errorf("a publish brings in what a topology must not have: %s", problem)
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

	r.Shell.document = document
}

// enable is Enable-CsTopology.
func (r *run) enable() {
	r.answer["outcome"] = "called"
	r.at(Enabling)
	r.count(func(c *Counts) { c.Enables++ })

	var fault *powershelltest.Fault

	content := action("Enable Topology", "")

	if r.has(func(f Fault) bool { return f.EnableFails }) {
		text := r.text("Access is denied.")
		fault = &powershelltest.Fault{
			Message: fmt.Sprintf("An error occurred: %q %q", "System.UnauthorizedAccessException", text), Cmdlet: "Enable-CsTopology", Category: "InvalidOperation",
			ID: "ProcessingFailed,Microsoft.Rtc.Management.Deployment.EnableTopologyCmdlet", Exception: "System.UnauthorizedAccessException",
		}
		content = action("Enable Topology", exception("System.UnauthorizedAccessException", text))
	}

	r.report("enable", "Enable-CsTopology", content, fault)
}

// report writes the log of a cmdlet and notes its error.
func (r *run) report(key, cmdlet, content string, fault *powershelltest.Fault) {
	told := map[string]any{"errors": 0, "path": r.path(key + ".html")}

	if fault != nil {
		r.errors = append(r.errors, *fault)
		told["errors"] = 1
		r.warnings = append(r.warnings, cmdlet+" encountered errors. Consult the log file for a detailed analysis, and ensure all errors (1) and "+
			"warnings (0) are addressed before continuing.", `Detailed results can be found at "`+r.path(key+".html")+`".`)
	} else {
		content += info("Command Status", "Command run is complete.")
	}

	told["text"] = pack(`<?xml version="1.0" encoding="utf-16"?><CsMgmtLog Name="` + cmdlet + `">` + action(cmdlet, content) + `<Complete /></CsMgmtLog>`)
	r.answer[key] = told
}

func (r *run) simpleURLs() []string {
	if r.has(func(f Fault) bool { return f.UnreadURLs }) {
		r.errors = append(r.errors, powershelltest.Fault{Message: "no", Cmdlet: "Get-CsSimpleUrlConfiguration"})

		return []string{"?"}
	}

	r.mu.Lock()
	defer r.mu.Unlock()

	return append([]string{}, r.urls...)
}

// output is what the transport gives back.
func (r *run) output() powershell.Output {
	text := r.request.Format(powershelltest.Answer{
		Failed: r.failed, Result: r.answer, Document: r.document, Faults: r.errors, Warnings: r.warnings,
	})
	output := powershell.Output{}

	const clixml = "#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">` +
		`<S S="Error">Zugriff verweigert: _x00DC_bergabe_x000D__x000A_</S></Objs>`

	for _, f := range r.faults {
		switch {
		case f.Cut:
			text = text[:len(text)-40]
		case f.Garbage:
			text = "*** Authorised use only \xfc\x84 {lync:0:result} ***\r\n" + text + "\r\nGoodbye {lync:" + r.request.Nonce + ":re\xff"
		case f.CLIXML:
			output.Stderr, output.ExitCode = []byte(clixml), 1
		case f.Exit:
			text, output.Stderr, output.ExitCode = "", []byte(clixml), 1
		}
	}

	if r.killed != nil {
		text = ""
	}

	if r.outer != nil {
		text += r.left()
	}

	output.Stdout = append(r.out, text...)

	return output
}

func action(name, content string) string {
	return `<Action Name="` + name + `" Time="2013-01-01 00:00:00Z">` + content + `</Action>`
}

func info(title, text string) string {
	return `<Info Title="` + title + `" Time="2013-01-01 00:00:00Z">` + escape(text) + `</Info>`
}

func exception(kind, message string) string {
	return `<Exception Type="` + kind + `" Message="` + escape(message) + `" Time="2013-01-01 00:00:00Z"><StackTrace>   at Microsoft.Rtc` +
		`.Management.Deployment.X()</StackTrace></Exception>`
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

// pack makes a block.
func pack(text string) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil || writer.Close() != nil {
		panic(errors.New("a buffer that takes nothing"))
	}

	var lines strings.Builder

	for rest := base64.StdEncoding.EncodeToString(packed.Bytes()); rest != ""; {
		n := min(76, len(rest))
		lines.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}

	return lines.String()
}

var (
	service  = regexp.MustCompile(`(?s)<Service .*?</Service>`)
	duration = regexp.MustCompile(`"P0Y0M0DT(\d+H\d+M\d+S)"`)
	between  = regexp.MustCompile(`>\s+<`)
)

// reordered is a document that says the same in other words.
func reordered(document string) string {
	services := service.FindAllString(document, -1)
	i := len(services)
	document = service.ReplaceAllStringFunc(document, func(string) string {
		i--

		return services[i]
	})
	document = duration.ReplaceAllString(document, `"PT$1"`)

	return between.ReplaceAllString(document, "><")
}
