package provider

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// The tests of this package run on a topology file. If LYNC_TEST_STORE is set, the same tests run on a deployment: the
// double of a management shell in this process, or behind one of the real transports. Tests that are specific to files
// are skipped.

// document is the topology document of a test.
type document struct {
	t    *testing.T
	path string             // empty on a deployment
	live *stores.Deployment // nil for a file
}

// deployments has the deployment of each running test.
var deployments sync.Map

// assertNoSecrets checks that a state has no secret of the deployment.
type assertNoSecrets struct{ t *testing.T }

func (i assertNoSecrets) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	if d, ok := deployments.Load(i.t); ok {
		text, err := json.Marshal(req.State)
		//nolint:forcetypeassert // only newDocument stores values
		d.(*stores.Deployment).Inspect("the state", string(text))
		resp.Error = err
	}
}

func newDocument(t *testing.T, doc []byte) *document {
	t.Helper()
	if transport := stores.Chosen(); transport != stores.File {
		d := &document{t: t, live: stores.New(t, transport, doc)}
		deployments.Store(t, d.live)
		t.Cleanup(func() { deployments.Delete(t) })
		return d
	}
	d := &document{t: t, path: filepath.Join(t.TempDir(), "topology.xml")}
	d.replaceWith(doc)()
	return d
}

func (d *document) bytes() []byte {
	d.t.Helper()
	if d.live != nil {
		return d.live.Document()
	}
	doc, err := os.ReadFile(d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	return doc
}

// diff returns how the document differs from another one. A deployment keeps text, so there it compares the text.
func (d *document) diff(from []byte) (diff string) {
	d.t.Helper()
	if d.live != nil {
		from = []byte(testkit.StoredText(from))
	}
	return testkit.Diff(from, d.bytes())
}

// assertContent checks that the document has these bytes, or on a deployment this text.
func (d *document) assertContent(want []byte) {
	d.t.Helper()
	if diff := d.diff(want); diff != "" {
		d.t.Errorf("the document has the wrong content:\n%s", diff)
	}
}

// watchWrites returns a check that nothing was written since, not even the same content.
func (d *document) watchWrites() (unwritten func()) {
	d.t.Helper()
	if d.live != nil {
		return func() {
			d.t.Helper()
			if got := d.live.Counts(); got.Publishes != 0 || got.Enables != 0 {
				d.t.Errorf("the document was published: %+v", got)
			}
		}
	}
	long := time.Date(2013, time.January, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(d.path, long, long); err != nil {
		d.t.Fatal(err)
	}
	return func() {
		d.t.Helper()
		info, err := os.Stat(d.path)
		if err != nil {
			d.t.Fatal(err)
		}
		if !info.ModTime().Equal(long) {
			d.t.Errorf("the document was written at %s", info.ModTime())
		}
	}
}

// replaceWith returns a PreConfig that replaces the document.
func (d *document) replaceWith(doc []byte) func() {
	return func() {
		if d.live != nil {
			d.live.SetDocument(doc)
		} else if err := os.WriteFile(d.path, doc, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

// providerArguments returns the arguments of the provider for the document.
func (d *document) providerArguments() string {
	if d.live != nil {
		return d.live.Arguments()
	}
	return "topology_file = " + stores.Quote(d.path)
}

// arguments returns the arguments of the provider for the document, as values.
func (d *document) arguments() map[string]tftypes.Value {
	d.t.Helper()
	if d.live == nil {
		return map[string]tftypes.Value{"topology_file": text(d.path)}
	}
	var resp provider.SchemaResponse
	New("test")().Schema(d.t.Context(), provider.SchemaRequest{}, &resp)
	kind, ok := resp.Schema.Type().TerraformType(d.t.Context()).(tftypes.Object)
	if !ok {
		d.t.Fatal("the configuration is no object")
	}
	const name = "management_shell"
	return map[string]tftypes.Value{name: valueOf(kind.AttributeTypes[name],
		map[string]any{d.live.Transport: d.live.Settings})}
}

// valueOf returns a value of a type. Attributes of an object that are not given are null.
func valueOf(kind tftypes.Type, value any) tftypes.Value {
	object, isObject := kind.(tftypes.Object)
	given, isMap := value.(map[string]any)
	if !isObject || !isMap {
		return tftypes.NewValue(kind, value)
	}
	attributes := map[string]tftypes.Value{}
	for name, attribute := range given {
		attributes[name] = valueOf(object.AttributeTypes[name], attribute)
	}
	return objectWith(object, attributes)
}

// testProvider returns a provider that closes its connections when the test ends. Paths of files are relative to a
// folder.
func testProvider(t *testing.T, folder string) provider.Provider {
	t.Helper()
	var kept connections
	t.Cleanup(func() {
		if err := kept.close(); err != nil {
			t.Error(err)
		}
	})
	return newWithStore("test", func(l location) store.Store {
		if l.shell.Transport == nil && !filepath.IsAbs(l.file) {
			l.file = filepath.Join(folder, l.file)
		}
		if onHost, ok := l.shell.Transport.(*local.Transport); ok {
			if double := stores.DoubleNamed(onHost.Executable); double != nil {
				return shell.New(double, l.shell.Options)
			}
		}
		return kept.store(l)
	})()
}
