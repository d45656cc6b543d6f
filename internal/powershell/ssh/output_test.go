package ssh

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// A transport keeps 64 KiB of standard error, and the script continues after more.
func TestStderrIsBounded(t *testing.T) {
	t.Parallel()

	for _, size := range []int{powershell.MaxStderr, powershell.MaxStderr + 1, 20 * powershell.MaxStderr} {
		server := startPasswordServer(t, serverBehavior{password: "geheim", session: func(channel ssh.NewChannel) {
			answer(channel, strings.Repeat("x", size), ssh.Marshal(struct{ Status uint32 }{7}))
		}})
		server.config.Password = "geheim"

		out, err := newTransport(t, server.config).Run(t.Context(), "", strings.NewReader(""))
		if err != nil || len(out.Stderr) != powershell.MaxStderr || out.ExitCode != 7 {
			t.Errorf("%d bytes: %d are kept, exit code %d, %v", size, len(out.Stderr), out.ExitCode, err)
		}
	}
}

// The limit also applies to output that arrives before the script has its input, and the excess is an error then.
func TestOutputBuffer(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		before, after string
		want          string
		isFull        bool
	}{
		"the limit":            {"01234", "56789", "0123456789", false},
		"one byte more":        {"01234", "56789x", "01234", true},
		"one byte more before": {"0123456789x", "", "", true},
		"nothing":              {"", "", "", false},
	} {
		var (
			buffer = outputBuffer{limit: 10}
			seen   bytes.Buffer
			full   bool
		)

		_, _ = buffer.Write([]byte(test.before))
		buffer.watch(func() { full = true }, func(piece []byte) { seen.Write(piece) })
		_, _ = buffer.Write([]byte(test.after))

		if got := string(buffer.take()); got != test.want || seen.String() != test.want || full != test.isFull {
			t.Errorf("%s: kept %q, seen %q, full %v", name, got, &seen, full)
		}
	}
}
