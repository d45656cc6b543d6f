package environment

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestDocumentedVariables(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "index.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(LYNC_\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, row[1])
	}
	want := []string{
		TopologyFile, ReadOnly, StrictSupport, Host, Port, Username, Password, CAFile, ClientCertificate, ClientKey,
		PrivateKey, PrivateKeyPassphrase, HostKey, ConnectTimeout, OperationTimeout, MaxConcurrentShells,
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/index.md documents %v, want %v", got, want)
	}
}
