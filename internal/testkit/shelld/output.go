package shelld

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// processingFailed is the id of an error that ended the work of a cmdlet. Reports of cmdlets with other errors end like
// those without an error.
const processingFailed = "ProcessingFailed"

// report adds the report of a cmdlet, and its error if fault is not nil, to the answer.
func (r *run) report(key, cmdlet, content string, fault *powershelltest.Fault) {
	report := map[string]any{"errors": 0, "path": r.path(key + ".html")}

	if fault != nil {
		r.add(*fault)
		report["errors"] = 1
		r.warnings = append(r.warnings,
			cmdlet+" encountered errors. Consult the log file for a detailed analysis, and ensure all errors (1) and "+
				"warnings (0) are addressed before continuing.",
			`Detailed results can be found at "`+r.path(key+".html")+`".`)
	}
	if fault == nil || !strings.HasPrefix(fault.ID, processingFailed) {
		content += info("Command Status", "Command run is complete.")
	}
	report["text"] = pack(`<?xml version="1.0" encoding="utf-16"?><CsMgmtLog Name="` + cmdlet + `">` +
		action(cmdlet, content) + `<Complete /></CsMgmtLog>`)
	r.answer[key] = report
}

// output returns the output of the transport.
func (r *run) output() powershell.Output {
	text := r.request.Format(powershelltest.Answer{
		Failed: r.failed, Result: r.answer, Document: r.document, Faults: r.errors, Warnings: r.warnings,
	})
	output := powershell.Output{}

	const clixml = "#< CLIXML\r\n" +
		`<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">` +
		`<S S="Error">Zugriff verweigert: _x00DC_bergabe_x000D__x000A_</S></Objs>`

	for _, f := range r.faults {
		switch {
		case f.Cut:
			text = text[:len(text)-40]
		case f.Garbage:
			text = "*** Authorized use only \xfc\x84 {lync:0:result} ***\r\n" + text + "\r\nGoodbye {lync:" +
				r.request.Nonce + ":re\xff"
		case f.CLIXML:
			output.Stderr, output.ExitCode = []byte(clixml), 1
		case f.Exit && r.outer != nil:
			r.killed = errSession // the process is that of the session
		case f.Exit:
			text, output.Stderr, output.ExitCode = "", []byte(clixml), 1
		}
	}
	if r.killed != nil {
		text = ""
	}
	if r.outer != nil {
		text += r.outerAnswer()
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
	return `<Exception Type="` + kind + `" Message="` + escape(message) +
		`" Time="2013-01-01 00:00:00Z"><StackTrace>   at Microsoft.Rtc` +
		`.Management.Deployment.X()</StackTrace></Exception>`
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

// pack returns text as a block of the scripts' protocol: its length, a colon, and compressed lines of Base64.
func pack(text string) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil || writer.Close() != nil {
		panic(errors.New("shelld: write to a buffer failed"))
	}
	var lines strings.Builder

	for rest := base64.StdEncoding.EncodeToString(packed.Bytes()); rest != ""; {
		n := min(76, len(rest))
		lines.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
	return fmt.Sprintf("%d:", len(text)) + lines.String()
}

var (
	service  = regexp.MustCompile(`(?s)<Service .*?</Service>`)
	duration = regexp.MustCompile(`"P0Y0M0DT(\d+H\d+M\d+S)"`)
	between  = regexp.MustCompile(`>\s+<`)
)

// reordered returns an equivalent document: services in reverse order, durations with another spelling, no white space
// between elements.
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
