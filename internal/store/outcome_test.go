package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()

	cause := errors.New("no rights on FE1")

	for _, tc := range []struct {
		err  error
		says []string
	}{
		{&store.NotPublishedError{Err: cause}, []string{"no rights on FE1", "Nothing was published."}},
		{&store.NotEnabledError{Err: cause}, []string{"no rights on FE1", "was published", "not in effect"}},
		{&store.UnknownOutcomeError{Err: cause}, []string{"no rights on FE1", "not known"}},
		{&store.DifferentError{Difference: "service 1-Registrar-1", Err: cause}, []string{"no rights on FE1", "service 1-Registrar-1", "terraform plan"}},
		{&store.DifferentError{Difference: "Sites"}, []string{"Sites"}},
		{
			&store.OverwroteError{Theirs: `C:\a`, Ours: `C:\b`, Host: "FE1", Restore: "Publish-CsTopology -FileName 'C:\\a'", Changed: "Sites"},
			[]string{"FE1", `C:\a,`, `C:\b.`, "Publish-CsTopology -FileName 'C:\\a'", "Sites", "another administrator"},
		},
		{&store.SimpleURLsError{Before: []string{"https://meet"}, Enabled: true}, []string{"https://meet", "none", "Set-CsSimpleUrlConfiguration"}},
	} {
		for _, text := range tc.says {
			if !strings.Contains(tc.err.Error(), text) {
				t.Errorf("%T does not say %q: %v", tc.err, text, tc.err)
			}
		}

		if strings.Contains(tc.err.Error(), cause.Error()) != errors.Is(tc.err, cause) {
			t.Errorf("%T does not unwrap to what it tells", tc.err)
		}
	}

	conflict := error(&store.ConflictError{Document: []byte("x")})
	if !errors.Is(conflict, store.ErrConflict) || conflict.Error() != store.ErrConflict.Error() {
		t.Errorf("no conflict: %v", conflict)
	}

	report := store.Report{Files: []store.File{{What: "the backup", Path: `C:\a`}, {What: "the report", Path: `C:\b`}}}
	if report.String() != "  the backup: C:\\a\n  the report: C:\\b" || (store.Report{}).String() != "" {
		t.Errorf("%q", report.String())
	}
}
