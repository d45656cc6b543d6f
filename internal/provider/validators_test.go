package provider

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestFormOfIntervals validates every interval of every resource with texts that are not whole seconds. The one error
// names the argument and offers only the units h, m and s.
func TestFormOfIntervals(t *testing.T) {
	t.Parallel()
	forms := map[string]string{
		"5": "Not a duration", "abc": "Not a duration", "": "Not a duration", "5 m": "Not a duration",
		"1d": "Not a duration", "00:05:00": "Not a duration", "PT5M": "Not a duration",
		"90500ms": "Not a whole number of seconds", "1ns": "Not a whole number of seconds", "1.5s": "Not a whole " +
			"number of seconds",
		"5m": "", "300s": "", "1h30m": "", "0.5h": "", "300000ms": "",
	}
	d := newDocument(t, fourPools().Document())
	for kind, arguments := range map[string]map[string]tftypes.Value{
		pairType:             {"pools": poolSet(paris, lyon)},
		"lync_branch_backup": {"appliance": text("sba.contoso.com"), "backup_pool": text(paris)},
	} {
		w := walkOfResource(kind, d)
		for _, name := range []string{"failure_detection_interval", "failback_detection_interval"} {
			for form, summary := range forms {
				all := map[string]tftypes.Value{name: text(form)}
				for argument, value := range arguments {
					all[argument] = value
				}
				w.assertInterval(all, fmt.Sprintf("AttributeName(%q)", name), name, form, summary)
				if kind != pairType {
					continue
				}
				delete(all, name)
				all["per_pool"] = w.perPool(paris, map[string]tftypes.Value{name: text(form)})
				w.assertInterval(all, fmt.Sprintf("AttributeName(\"per_pool\").ElementKeyString(%q).AttributeName(%q)",
					paris, name), `per_pool["paris.contoso.com"].`+name, form, summary)
			}
		}
	}
}

// TestRequiredArguments validates resources of which one required argument is null. There is one error, that of the
// framework.
func TestRequiredArguments(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	for kind, arguments := range map[string]map[string]tftypes.Value{
		pairType: {"pools": poolSet(paris, lyon), "per_pool": walkOn(d).perPool(paris,
			map[string]tftypes.Value{"failure_detection_interval": text("7m")})},
		"lync_branch_backup": {"appliance": text("sba.contoso.com"), "backup_pool": text(paris)},
	} {
		w := walkOfResource(kind, d)
		for name, value := range arguments {
			if name == "per_pool" {
				continue
			}
			all := maps.Clone(arguments)
			all[name] = tftypes.NewValue(value.Type(), nil)
			resp, err := w.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: kind, Config: w.pack(w.resource, objectWith(w.resource, all)),
			})
			w.must(err, nil)
			if len(resp.Diagnostics) != 1 || !strings.HasPrefix(resp.Diagnostics[0].Summary, "Missing Configuration") {
				t.Errorf("%s without %s: %q", kind, name, errorsOf(resp.Diagnostics))
			}
		}
	}
}

// TestFormOfALaterInterval has an interval that is known only in the apply, which validates it before anything is
// written.
func TestFormOfALaterInterval(t *testing.T) {
	t.Parallel()
	before := testkit.Estate{Pools: []testkit.Pool{{FQDN: "paris"}, {FQDN: "lyon"}}}.Document()
	d := newDocument(t, before)
	unitTest(t, resource.TestStep{
		Config: d.config("resource \"terraform_data\" \"later\" {\n  input = \"5\"\n}\n",
			pairOf(paris, lyon, "failure_detection_interval = terraform_data.later.output")),
		ExpectError: inOrder("Not a duration", `failure_detection_interval is "5"`),
	})
	d.assertContent(before)
}

// assertInterval validates the arguments of a resource of which one has a text. It checks that the text is accepted, or
// that the one error has this summary.
func (w *walk) assertInterval(arguments map[string]tftypes.Value, at, name, form, summary string) {
	w.t.Helper()
	resp, err := w.server.ValidateResourceConfig(w.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: w.kind, Config: w.pack(w.resource, objectWith(w.resource, arguments)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	found := errorsOf(resp.Diagnostics)
	if summary == "" {
		w.assertErrors(form, resp.Diagnostics)
		return
	}
	want := fmt.Sprintf("%s: %s: %s is %q, which is not a ", at, summary, name, form)
	if len(found) != 1 || !strings.HasPrefix(found[0], want) || strings.Contains(found[0], `\n`) ||
		!strings.HasSuffix(found[0], `Write numbers with the units h, m and s, such as "5m", "300s" or "1h30m".`) {
		w.t.Errorf("%s = %q: the errors are %q, want %q", at, form, found, want)
	}
}

// perPool returns the argument per_pool with the settings of one pool.
func (w *walk) perPool(pool string, settings map[string]tftypes.Value) tftypes.Value {
	w.t.Helper()
	kind, ok := w.resource.AttributeTypes["per_pool"].(tftypes.Map)
	if !ok {
		w.t.Fatal("per_pool is no map")
	}
	return tftypes.NewValue(kind, map[string]tftypes.Value{pool: objectWith(w.object(kind.ElementType), settings)})
}
