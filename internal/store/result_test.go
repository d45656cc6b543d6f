package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

func TestErrorsNameTheirCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("no rights on FE1")
	for _, tc := range []struct {
		err  error
		text string
	}{
		{&store.NotPublishedError{Err: cause}, "Nothing was published."},
		{&store.UnconfirmedError{Err: cause}, "is unknown"},
	} {
		if !strings.Contains(tc.err.Error(), tc.text) || !strings.Contains(tc.err.Error(), cause.Error()) {
			t.Errorf("%T does not contain %q and its cause: %v", tc.err, tc.text, tc.err)
		}
		if !errors.Is(tc.err, cause) {
			t.Errorf("%T does not unwrap to its cause", tc.err)
		}
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		alarm fmt.Stringer
		texts []string
	}{
		{
			&store.Overwrite{
				Theirs: `C:\a`, Ours: `C:\b`, Host: "FE1", Restore: "Publish-CsTopology -FileName 'C:\\a'",
				Changed: "Sites",
			},
			[]string{
				"FE1", `file C:\a `, `C:\b `, "Publish-CsTopology -FileName 'C:\\a'", "Sites", "another administrator",
			},
		},
		{
			&store.SimpleURLChange{Before: []string{"https://meet"}},
			[]string{"https://meet", "none", "Set-CsSimpleUrlConfiguration"},
		},
	} {
		for _, text := range tc.texts {
			if !strings.Contains(tc.alarm.String(), text) {
				t.Errorf("%T does not contain %q: %s", tc.alarm, text, tc.alarm)
			}
		}
	}
}

func TestFileList(t *testing.T) {
	t.Parallel()
	result := store.Result{Files: []store.File{{What: "the backup", Path: `C:\a`}, {What: "the report", Path: `C:\b`}}}
	if got := result.FileList(); got != "  the backup: C:\\a\n  the report: C:\\b" {
		t.Errorf("got %q", got)
	}
	if got := (store.Result{}).FileList(); got != "" {
		t.Errorf("got %q for no files", got)
	}
}
