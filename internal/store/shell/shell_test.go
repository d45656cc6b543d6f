package shell_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var (
	publish  = shell.PublishTopology
	enable   = shell.EnableTopology
	readBack = shell.ReadBackTopology
)

// unpaired returns the document without its pair. It is the next document of the tests.
func unpaired(t *testing.T, document []byte) []byte {
	t.Helper()
	editor := topology.NewEditor(parse(t, document))
	if _, err := editor.DeletePair(topology.NewPairID(topology.MustParseFQDN("paris.contoso.com"),
		topology.MustParseFQDN("lyon.contoso.com"))); err != nil {
		t.Fatal(err)
	}
	return editor.Document().Bytes()
}

func parse(t *testing.T, document []byte) *topology.Document {
	t.Helper()
	doc, err := topology.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// paired returns the first document of the store.
func paired() []byte {
	estate := testkit.Paired()
	estate.Encoding = testkit.UTF8
	return estate.Document()
}

// renameLyon is the change of another administrator to a part that the tests do not change.
func renameLyon(document string) string {
	return strings.ReplaceAll(document, "<Name>Lyon</Name>", "<Name>Gen\u00e8ve \u6771\u4eac</Name>")
}

// restoreBase is the publish of the first document by another administrator.
func restoreBase(string) string { return string(paired()) }

// ending reports whether a publish ended in a certain way.
type ending func(store.Result, error) bool

func failedAs[T error]() ending {
	return func(_ store.Result, err error) bool { return errors.As(err, new(T)) }
}

func alarmed[T fmt.Stringer]() ending {
	return func(result store.Result, err error) bool {
		_, ok := result.Alarm.(T)
		return err == nil && ok
	}
}

// Endings of a publish.
var (
	notPublished = failedAs[*store.NotPublishedError]()
	refused      = failedAs[*store.RefusedError]()
	unconfirmed  = failedAs[*store.UnconfirmedError]()
	overwrote    = alarmed[*store.Overwrite]()
	simpleURLs   = alarmed[*store.SimpleURLChange]()

	conflict   ending = func(_ store.Result, err error) bool { return errors.Is(err, store.ErrConflict) }
	notEnabled ending = func(result store.Result, err error) bool {
		return err == nil && result.NotEnabled != nil && result.Alarm == nil
	}
	different ending = func(result store.Result, err error) bool { return err == nil && result.Difference != "" }
	succeeded ending = func(result store.Result, err error) bool {
		return err == nil && result.NotEnabled == nil && result.Alarm == nil && result.Difference == ""
	}
)

// message joins the error and the problems of the result.
func message(result store.Result, err error) string {
	parts := []string{result.Difference}
	if err != nil {
		parts = append(parts, err.Error())
	}
	if result.NotEnabled != nil {
		parts = append(parts, result.NotEnabled.Error())
	}
	if result.Alarm != nil {
		parts = append(parts, result.Alarm.String())
	}
	return strings.Join(parts, "\n")
}

// storedDocument is the document that the store has after a publish.
type storedDocument int

const (
	holdsNext storedDocument = iota
	holdsBase
	holdsOther
)

func TestPublishSendsData(t *testing.T) {
	t.Parallel()
	double := shelld.New(t, paired())
	s := shell.New(double,
		shell.Options{Directory: `D:\it's`, DomainController: "dc1.contoso.com", GlobalCatalog: "gc1.contoso.com"})
	if _, err := s.Publish(t.Context(), paired(), unpaired(t, paired())); err != nil {
		t.Fatal(err)
	}
	request := double.Requests()[0]
	for _, text := range []string{
		`"domain_controller":"dc1.contoso.com"`, `"global_catalog":"gc1.contoso.com"`, `"directory":"D:\\it's"`,
		`"keep":20`,
		`"unpaired":["lyon.contoso.com","paris.contoso.com"]`,
	} {
		if !strings.Contains(string(request.Data), text) {
			t.Errorf("the data has no %s: %s", text, request.Data)
		}
	}
	if request.Document != string(unpaired(t, paired())) {
		t.Error("the document that was sent is not the next one")
	}
}

// TestDeclaredUTF16 publishes to a store whose document has the declaration that .NET writes into a text.
func TestDeclaredUTF16(t *testing.T) {
	t.Parallel()
	const declaration = `<?xml version="1.0" encoding="utf-16"?>`
	double := shelld.New(t, []byte(declaration+string(paired())))
	s := shell.New(double, shell.Options{})
	base, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if result, err := s.Publish(t.Context(), base, unpaired(t, base)); err != nil ||
		!strings.HasPrefix(parse(t, result.Document).Text(), declaration) {
		t.Fatalf("%v: %q", err, result.Document)
	}
	if got, want := string(double.Document()), declaration+string(unpaired(t, paired())); got != want {
		t.Errorf("the stored text is\n%s\nwant\n%s", got, want)
	}
	if _, err := s.Publish(t.Context(), base, unpaired(t, base)); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a publish over a document of which the pair is gone: %v", err)
	}
}

func TestPublishListsFiles(t *testing.T) {
	t.Parallel()
	double := shelld.New(t, paired())
	double.RenewSignature()

	result, err := shell.New(double, shell.Options{}).Publish(t.Context(), paired(), unpaired(t, paired()))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, file := range result.Files {
		paths = append(paths, file.Path[strings.LastIndex(file.Path, "00000001.")+9:])
	}
	if !slices.Equal(paths, []string{"before.xml", "wanted.xml", "publish.html", "enable.html"}) {
		t.Errorf("files %q", paths)
	}
	if len(result.Warnings) > 0 {
		t.Errorf("warnings %q", result.Warnings)
	}
}

func TestEnable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults      []shelld.Fault
		wantError   bool
		wantEnables int // number of runs of Enable-CsTopology
	}{
		"no fault":      {wantEnables: 1},
		"fails once":    {faults: []shelld.Fault{{EnableFails: true}}, wantEnables: 2},
		"fails":         {faults: []shelld.Fault{{EnableFails: true, Times: -1}}, wantError: true, wantEnables: 4},
		"no connection": {faults: []shelld.Fault{{NotStarted: true, Times: -1}}, wantError: true},
		"busy":          {faults: []shelld.Fault{{Busy: true, Times: -1}}, wantError: true},
		"lost":          {faults: []shelld.Fault{{At: shelld.Answer, Lost: true}}, wantEnables: 2},
		"cut":           {faults: []shelld.Fault{{Cut: true}}, wantEnables: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				double := shelld.New(t, paired())
				double.Inject(tc.faults...)
				if _, err := shell.New(double, shell.Options{}).Enable(t.Context()); tc.wantError != (err != nil) {
					t.Errorf("ended with %T: %v", err, err)
				}
				if counts := double.Counts(); counts.Enables != tc.wantEnables || counts.Publishes != 0 {
					t.Errorf("%+v", counts)
				}
			})
		})
	}
}

func TestLoadFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault shelld.Fault
		want  string // in the error
	}{
		"no connection": {shelld.Fault{NotStarted: true}, "no such host"},
		"fails":         {shelld.Fault{ReadFails: true}, "SqlException"},
		"no module":     {shelld.Fault{NoModule: true}, "administrative tools"},
		"cut":           {shelld.Fault{Cut: true}, "cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			double := shelld.New(t, paired())
			double.Inject(tc.fault)
			if _, err := shell.New(double, shell.Options{}).Load(t.Context()); err == nil ||
				!strings.Contains(err.Error(), tc.want) ||
				!strings.Contains(err.Error(), shelld.HostName) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLocationAndQuiet(t *testing.T) {
	t.Parallel()
	s := shell.New(shelld.New(t, paired()), shell.Options{})
	if s.Location() != "the Central Management store, through the management shell on fe1.contoso.com" ||
		s.Quiet() != 200*time.Millisecond {
		t.Errorf("%s, %s", s.Location(), s.Quiet())
	}
}
