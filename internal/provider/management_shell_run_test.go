package provider_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// These tests run the built provider in processes, on a double of a deployment behind the real transports.

const (
	liveUser     = `CONTOSO\svc-terraform`
	livePassword = "geheimnis4711'`$(x)\"%PATH% mañana" //nolint:gosec // password of the double
)

// live is a workspace and the double of the deployment that it works on.
type live struct {
	*testkit.Workspace
	double *shelld.Shell
	t      *testing.T
}

func newLive(t *testing.T) live {
	t.Helper()
	t.Parallel()
	return live{testkit.CLI(t), shelld.New(t, cliEstate("a b c d", "c-d").Document()), t}
}

// config writes a configuration with a transport, a pair and two data sources.
func (l live) config(transport string) {
	l.t.Helper()
	l.Write("main.tf", liveProvider(transport)+cliPair("this", "a-b")+`
data "lync_topology" "all" {}
data "lync_pool" "c" { fqdn = "c.contoso.com" }
output "enabled" { value = jsonencode(lync_pool_pair.this.topology_enabled) }
`)
}

func liveProvider(transport string) string {
	return testkit.RequiredProviders + "provider \"lync\" {\n  management_shell = {\n    " +
		transport + "\n  }\n}\n\n"
}

// assertApplies plans, applies and plans again, and checks the results.
func (l live) assertApplies() {
	l.t.Helper()
	l.MustRun("plan")
	if got := l.double.Counts(); got.Loads != 1 || got.Publishes != 0 {
		l.t.Errorf("a plan reads once and publishes nothing: %+v", got)
	}
	l.MustRun("apply", "-auto-approve")
	assertNoChanges(l.t, l.Workspace)
	assertPairs(l.t, l.double.Document(), "a-b", "c-d")
	if got := l.OutputText("enabled"); got != "true" {
		l.t.Errorf("topology_enabled is %v", got)
	}
}

// winrm starts a host with WinRM in front of the double.
func (l live) winrm(options winrmd.Options) *winrmd.Server {
	l.t.Helper()
	options.User, options.Password, options.MaxWait = liveUser, livePassword, 100*time.Millisecond
	options.Process = func(ctx context.Context, _ string, stdin io.Reader, stdout, stderr io.Writer) int {
		return l.double.Serve(ctx, stdin, stdout, stderr)
	}
	return winrmd.Start(l.t, options)
}

// assertClosed checks that the provider has closed all its shells. Terraform has ended, and it waits for its providers.
func assertClosed(t *testing.T, s *winrmd.Server) {
	t.Helper()
	if n := s.Count(); s.Open() != 0 || n.Opened == 0 || n.Opened != n.Closed || n.Refused != 0 {
		n.Lines = nil // many lines of no use
		t.Errorf("%d shells are open: %+v", s.Open(), n)
	}
}

// tls returns options with a certificate for the host, and the name of the workspace file with its authority.
func (l live) tls() (options winrmd.Options, file string) {
	l.t.Helper()
	ca := winrmd.NewAuthority(l.t)
	l.Write("ca.pem", string(ca.PEM))
	return winrmd.Options{TLS: ca.Server(l.t)}, "ca.pem"
}

func TestLiveOverWinRM(t *testing.T) {
	l := newLive(t)
	options, ca := l.tls()
	host := l.winrm(options)
	l.Setenv("LYNC_TOPOLOGY_FILE", "missing.xml") // ignored
	l.Setenv("LYNC_HOST", "missing.contoso.com")  // the configuration takes precedence over these
	l.Setenv("LYNC_PASSWORD", "wrong")
	l.config(fmt.Sprintf("winrm = {\n      host = %q\n      port = %d\n      user = %q\n      password = %s\n      "+
		"ca_file = %q\n    }",
		host.Host, host.Port, liveUser, quoted(livePassword), ca))
	l.assertApplies()
	assertClosed(t, host)
	if n := host.Count(); n.Opened > 4 {
		t.Errorf("each of four runs needs one shell: %+v", n)
	}
}

// TestLiveFromTheEnvironment configures only the transport; the environment has its settings.
func TestLiveFromTheEnvironment(t *testing.T) {
	l := newLive(t)
	options, ca := l.tls()
	host := l.winrm(options)
	for name, value := range map[string]string{
		"LYNC_HOST": host.Host, "LYNC_PORT": fmt.Sprint(host.Port), "LYNC_USERNAME": liveUser,
		"LYNC_PASSWORD": livePassword, "LYNC_CA_FILE": ca,
	} {
		l.Setenv(name, value)
	}
	l.config("winrm = {}")
	l.assertApplies()
	assertClosed(t, host)
}

// TestLiveOverPlainHTTP checks the warning about plain HTTP, which there is once in a walk.
func TestLiveOverPlainHTTP(t *testing.T) {
	l := newLive(t)
	host := l.winrm(winrmd.Options{})
	l.Setenv("LYNC_CA_FILE", "missing.pem") // not used
	l.Setenv("LYNC_PASSWORD", livePassword)
	l.config(fmt.Sprintf("winrm = {\n      host = %q\n      port = %d\n      user = %q\n      plain_http = true\n    }",
		host.Host, host.Port, liveUser))
	output := l.MustRun("plan")
	if n := strings.Count(output, "WinRM over plain HTTP"); n != 1 {
		t.Errorf("there are %d warnings:\n%s", n, output)
	}
	assertOutput(t, testkit.Fold(output), "Configure an HTTPS listener on the host and remove plain_http")
	assertClosed(t, host)
	if n := host.Count(); n.Clear != 0 {
		t.Errorf("messages went in clear: %+v", n)
	}
}

// TestLiveNotKnownYetWarnsOnce plans three pairs on a host that depends on another resource.
func TestLiveNotKnownYetWarnsOnce(t *testing.T) {
	t.Parallel()
	w := testkit.CLI(t)
	w.Write("main.tf", liveProvider("winrm = {\n      host = terraform_data.host.output\n      user = \"svc\"\n      "+
		"password = \"geheim\"\n      plain_http = true\n    }")+
		"resource \"terraform_data\" \"host\" {\n  input = \"lync01\"\n}\n"+cliPair("one", "a-b")+cliPair("two", "c-d")+
		cliPair("three", "e-f"))
	output := testkit.Fold(w.MustRun("plan"))
	if n := strings.Count(output, "Warning: "); n != 2 { // one of them is about the development override
		t.Errorf("there are %d warnings:\n%s", n, output)
	}
	assertOutput(t, output, "Plan: 4 to add.*Topology not yet known.*management_shell.winrm.host depends on a "+
		"resource that is not applied yet")
}

func TestLiveOnThisHost(t *testing.T) {
	l := newLive(t)
	l.config(fmt.Sprintf("local = { executable = %s }", quoted(l.double.Executable())))
	l.assertApplies()
	l.double.WaitForProcesses()
}

// TestTraceHasNoPassword writes the most detailed logs of Terraform and the provider, which must not contain the
// password.
func TestTraceHasNoPassword(t *testing.T) {
	t.Parallel()
	//nolint:gosec // names of methods
	for name, extra := range map[string]string{"ntlm": "", "basic": `auth = "basic"`, "credssp": "credssp = true"} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			options, ca := l.tls()
			options.Basic = true
			host := l.winrm(options)
			if name == "credssp" {
				l.double.RequireSecondHop(liveUser, livePassword)
			}
			// In a variable, because Terraform logs the text of a configuration.
			l.Setenv("TF_VAR_password", livePassword)
			l.config(fmt.Sprintf("winrm = {\n      host = %q\n      port = %d\n      user = %q\n      password = "+
				"var.password\n      ca_file = %q\n      %s\n    }",
				host.Host, host.Port, liveUser, ca, extra))
			l.Write("variables.tf", "variable \"password\" { type = string }\n")
			log := l.traced("apply", "-auto-approve")
			assertHidden(t, log, livePassword)
			assertClosed(t, host)
		})
	}
}

// traced runs the command line and returns its log.
func (l live) traced(args ...string) string {
	l.t.Helper()
	l.Setenv("TF_LOG", "TRACE")
	l.Setenv("TF_LOG_PATH", l.Path("trace.log"))
	output := l.MustRun(args...)
	log, err := os.ReadFile(l.Path("trace.log"))
	if err != nil {
		l.t.Fatal(err)
	}
	for _, text := range []string{"provider.terraform-provider-lync", "[TRACE]"} {
		if !strings.Contains(string(log), text) {
			l.t.Errorf("the log has nothing of %s", text)
		}
	}
	return string(log) + output
}

// assertHidden checks that a log does not contain a secret in any form.
func assertHidden(t *testing.T, log, secret string) {
	t.Helper()
	if form, at := stores.FindSecret(log, secret); form != "" {
		t.Errorf("the secret is in the log, %s:\n%s", form, log[max(0, at-300):min(len(log), at+100)])
	}
}

// TestWrongPasswordCountsOnce plans and applies with a wrong password, which counts towards the lockout of the account.
// Each walk costs one count, although several objects need the host.
func TestWrongPasswordCountsOnce(t *testing.T) {
	t.Parallel()
	for name, plain := range map[string]bool{"TLS": false, "plain HTTP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := live{cliWith(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) }), nil, t}
			options, ca := l.tls()
			setting := "ca_file = " + quoted(filepath.Join(l.Dir(), ca))
			if plain {
				options, setting = winrmd.Options{}, "plain_http = true"
			}
			host := l.winrm(options)
			l.Write("main.tf", liveProvider(fmt.Sprintf("winrm = {\n      host = %q\n      port = %d\n      "+
				"user = %q\n      password = \"geheim\"\n      max_concurrent_shells = 8\n      %s\n    }",
				host.Host, host.Port, liveUser, setting))+cliPair("this", "a-b")+`
data "lync_topology" "all" {}
data "lync_backup_service_status" "each" {
  for_each = toset(["a", "b", "c", "d", "e", "f", "g", "h"])
  pool     = "${each.value}.contoso.com"
}
`)
			for walks, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
				l.MustFail(`refused the login \(401\)`, command...)
				if n := host.Count(); n.Refused != walks+1 {
					t.Errorf("%d wrong passwords after %s", n.Refused, command[0])
				}
			}
		})
	}
}
