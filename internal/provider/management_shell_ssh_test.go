//go:build unix

package provider_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

// TestTraceHasNoPrivateKey logs in to a real OpenSSH server, from the environment or the configuration.
func TestTraceHasNoPrivateKey(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"configuration", "environment"} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			host := sshd.Start(t, []string{l.double.Listen()})
			settings := fmt.Sprintf("ssh = {\n      host = %q\n      port = %d\n      user = %q\n      executable = "+
				"%q\n      ", host.Host, host.Port, host.User, os.Args[0])
			if name == "environment" {
				l.Setenv("LYNC_PRIVATE_KEY", host.PrivateKey)
				l.Setenv("LYNC_HOST_KEY", host.HostKey())
			} else {
				// In variables, because Terraform logs the text of a configuration.
				l.Setenv("TF_VAR_key", host.PrivateKey)
				l.Setenv("TF_VAR_host_key", host.HostKey())
				l.Write("variables.tf", "variable \"key\" { type = string }\nvariable \"host_key\" { type = string }\n")
				settings += "private_key = var.key\n      host_key = var.host_key\n"
			}
			l.config(settings + "    }")
			log := l.traced("apply", "-auto-approve")
			lines := strings.Split(strings.TrimSpace(host.PrivateKey), "\n")
			// All keys of a kind have the same first line.
			for _, line := range lines[2 : len(lines)-1] {
				assertHidden(t, log, line)
			}
			assertPairs(t, l.double.Document(), "a-b", "c-d")
			l.double.WaitForProcesses()
		})
	}
}
