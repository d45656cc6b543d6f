package connection

import (
	"fmt"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{powershell.NotStarted, ""},
		{
			fmt.Errorf("connect: %w", &ssh.UnknownHostKeyError{Fingerprint: "SHA256:A", Line: "lync01 ssh-ed25519 A"}),
			"Only if they are equal, set host_key = \"SHA256:A\" or add this line to the known_hosts_file: " +
				"lync01 ssh-ed25519 A",
		},
		{
			&powershell.Error{Kind: powershell.NotStarted, Err: &powershell.StartError{Err: winrm.TooManyShells}},
			"Or lower max_concurrent_shells.",
		},
		{&powershell.Error{Kind: shell.BackupFolder}, "Or set backup_directory to another folder."},
	} {
		if got := Advice(test.err); got != test.want {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
}
