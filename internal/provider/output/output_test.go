package output_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/output"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/printed"
)

// TestEveryMethod calls every method of a server whose every response has a hostile text in every place. The set of
// methods is that of the interfaces.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	for what, text := range printed.Hostile() {
		from := &hostile{text: text}
		raw, cleaned := reflect.ValueOf(output.Server(from)), reflect.ValueOf(output.NewServer(from))
		methods := reflect.TypeFor[output.Server]()
		for i := range methods.NumMethod() {
			method := methods.Method(i)
			arguments := []reflect.Value{reflect.ValueOf(t.Context()), reflect.New(method.Type.In(1).Elem())}
			for _, from.fails = range []bool{false, true} {
				if response := raw.MethodByName(method.Name).Call(arguments); len(faults(response)) == 0 {
					t.Fatalf("%s, %s: the response has no fault", method.Name, what)
				}
				response := cleaned.MethodByName(method.Name).Call(arguments)
				for _, fault := range faults(response) {
					t.Errorf("%s, %s: %s", method.Name, what, fault)
				}
				if response[1].IsNil() == from.fails {
					t.Errorf("%s, %s: the error is %v", method.Name, what, response[1])
				}
			}
		}
	}
}

func faults(response []reflect.Value) []string {
	found := printed.Faults(response[0].Interface())
	if err := response[1].Interface(); err != nil {
		found = append(found, printed.Faults(err)...)
	}
	return found
}

// TestDiagnosticStays passes texts that are printable, with their paths, and an error with its type.
func TestDiagnosticStays(t *testing.T) {
	t.Parallel()
	d := &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Élève (PP-SELF)",
		Detail:    "One line.\n\n\tAnother one, 東京.",
		Attribute: tftypes.NewAttributePath().WithAttributeName("per_pool").WithElementKeyString("a.contoso.com"),
	}
	want := *d
	server := output.NewServer(answering{diags: []*tfprotov6.Diagnostic{d, nil}, err: context.Canceled})
	resp, err := server.ReadResource(t.Context(), nil)
	if got := *resp.Diagnostics[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// TestLongDiagnostic keeps the beginning and the end, and the path up to a key that is not plain.
func TestLongDiagnostic(t *testing.T) {
	t.Parallel()
	d := &tfprotov6.Diagnostic{
		Summary: "Error\nreading " + strings.Repeat("x", 2000),
		Detail:  "The host returned " + strings.Repeat("\x1b[1m", 20<<20) + ". Try again.",
		Attribute: tftypes.NewAttributePath().WithAttributeName("per_pool").WithElementKeyString("a\u009b").
			WithAttributeName("automatic_failover"),
	}
	server := output.NewServer(answering{diags: []*tfprotov6.Diagnostic{d}})
	if _, err := server.ReadResource(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.Summary, "Error reading xxx") || !strings.HasSuffix(d.Summary, "xxx") ||
		!strings.HasPrefix(d.Detail, "The host returned [1m[1m") || !strings.HasSuffix(d.Detail, "[1m. Try again.") ||
		!strings.Contains(d.Detail, "bytes are omitted here]") {
		t.Errorf("the diagnostic is %q: %q", d.Summary, d.Detail)
	}
	if size := len(d.Summary) + len(d.Detail); size > 8192 || size < 8000 {
		t.Errorf("the diagnostic has %d bytes", size)
	}
	if got := d.Attribute.String(); got != `AttributeName("per_pool")` {
		t.Errorf("the path is %s", got)
	}
}

// answering is a server that answers with diagnostics and an error.
type answering struct {
	output.Server
	diags []*tfprotov6.Diagnostic
	err   error
}

func (a answering) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{Diagnostics: a.diags}, a.err
}
