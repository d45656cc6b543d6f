package provider_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestCLIWindowsPath takes the quickstart through its life on a document with an absolute path of Windows: a plan, an
// apply, a manual change that is found and repaired, and a destroy that restores the document. Each run starts the
// built provider. `make demo` does the same on other systems.
func TestCLIWindowsPath(t *testing.T) {
	w := cliProcess(t, testkit.Quickstart())
	w.Setenv("TF_DISABLE_PLUGIN_TLS", "") // as Terraform starts a provider outside of these tests
	path := w.Path(testkit.DocumentName)
	if !filepath.IsAbs(path) || !strings.Contains(path, `:\`) {
		t.Fatalf("%s is no absolute path of Windows", path)
	}
	original := w.Document()
	config := strings.Replace(example(t, "quickstart/main.tf"), `"topology.xml"`, fmt.Sprintf("%q", path), 1)
	if !strings.Contains(config, `:\\`) {
		t.Fatalf("the quickstart has no topology.xml:\n%s", config)
	}
	w.Write("main.tf", config)

	w.MustRun("plan", "-out=estate.tfplan")
	w.MustRun("apply", "estate.tfplan")
	assertNoChanges(t, w)
	applied := w.Document()

	w.SetDocument(bytes.Replace(applied, []byte(` FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		[]byte(` FailureDetectionInterval="P0Y0M0DT0H15M0S"`), 1))
	repair := w.MustRun("plan", "-out=repair.tfplan")
	if !strings.Contains(repair, `"15m" -> "5m"`) || !strings.Contains(repair, "0 to add, 1 to change, 0 to destroy") {
		t.Errorf("the plan does not repair the manual change:\n%s", repair)
	}
	w.MustRun("apply", "repair.tfplan")
	if !bytes.Equal(w.Document(), applied) {
		t.Error("the repaired document differs from the applied one")
	}
	w.MustRun("destroy", "-auto-approve")
	if !bytes.Equal(w.Document(), original) {
		t.Error("the document after the destroy differs from the original")
	}
}
