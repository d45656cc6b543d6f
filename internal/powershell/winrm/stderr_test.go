package winrm

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A transport keeps 64 KiB of standard error, and the script continues after more.
func TestStderrIsBounded(t *testing.T) {
	t.Parallel()

	for _, size := range []int{powershell.MaxStderr, powershell.MaxStderr + 1, 20 * powershell.MaxStderr} {
		w, _ := startDouble(t, func(o *winrmd.Options, _ *Config) {
			o.Run = func(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
				_, _ = io.Copy(io.Discard, stdin)
				return nil, []byte(strings.Repeat("x", size)), 7
			}
		})

		out, err := w.Run(t.Context(), "", strings.NewReader(""))
		if err != nil || len(out.Stderr) != powershell.MaxStderr || out.ExitCode != 7 {
			t.Errorf("%d bytes: %d are kept, exit code %d, %v", size, len(out.Stderr), out.ExitCode, err)
		}
	}
}
