package shell_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// refusing is a host on which every script ends with an error of this id.
type refusing struct{ id string }

func (refusing) Host() string { return "fe1.contoso.com" }
func (refusing) Close() error { return nil }

func (r refusing) Run(_ context.Context, script string, input io.Reader) (powershell.Output, error) {
	request, err := powershelltest.Read(powershell.Stdin(script, input))
	if err != nil {
		return powershell.Output{}, err
	}
	return powershell.Output{Stdout: []byte(request.Format(powershelltest.Answer{
		Failed: true, Faults: []powershelltest.Fault{{Message: "the particulars", ID: r.id, Terminating: true}},
	}))}, nil
}

// TestRefusals checks the errors of hosts that cannot load the management shell. They name the reason and a remedy.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for id, test := range map[string]struct {
		kind  powershell.Kind
		texts []string
	}{
		"LyncEdition": {shell.Edition, []string{"require Windows PowerShell", "Use powershell.exe as the executable"}},
		"LyncBitness": {
			shell.Bitness,
			[]string{"32-bit PowerShell", `Sysnative\WindowsPowerShell\v1.0\powershell.exe`},
		},
		"LyncModule":      {shell.NoModule, []string{"administrative tools"}},
		"LyncModuleLoad":  {shell.ModuleLoad, []string{"the management shell does not load"}},
		"LyncGroupPolicy": {shell.GroupPolicy, []string{"set by Group Policy", "Turn on Script Execution"}},
		"LyncParent":      {shell.BackupFolder, []string{"can change the backups", "Remove these rights"}},
		"LyncFolder":      {shell.BackupFolder, []string{"another account can change the backups", "move it away"}},
		"LyncLock":        {shell.ForeignLock, []string{"belongs to another program", "handle.exe"}},
		"LyncEncoding":    {shell.Encoding, []string{"encoding of the document lacks", "Nothing was published"}},
		"LyncPolicy":      {shell.Policy, []string{"Set-ExecutionPolicy RemoteSigned"}},
	} {
		_, err := shell.New(refusing{id}, shell.Options{}).Load(t.Context())

		var failed *powershell.Error
		if !errors.As(err, &failed) || failed.Kind != test.kind || failed.OutcomeUnknown() {
			t.Errorf("%s: got %v", id, err)
			continue
		}
		for _, text := range append(test.texts, "cannot run get-topology on fe1.contoso.com", "the particulars") {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: no %q in %v", id, text, err)
			}
		}
	}
}
