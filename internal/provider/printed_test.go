package provider

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/printed"
)

// The tests of this file send texts that control a terminal through all objects of the provider, from every source that
// a text can have, and check what Terraform would print.

// tourEstate returns a pair, a pool in no pair, and an appliance.
func tourEstate() testkit.Estate {
	e := fourPools()
	e.Sites = append(e.Sites, testkit.Site{ID: 5, Name: "Nantes", Branch: true, Parent: 1})
	e.Appliances = []testkit.Appliance{{FQDN: "sba", Site: 5, Pool: "lyon"}}
	return e
}

// on returns the opening of a store for a provider.
func on(s store.Store) func(location) store.Store { return func(location) store.Store { return s } }

var anyFile = map[string]tftypes.Value{"topology_file": text("topology.xml")}

// TestPrintedTextsOfADocument has a text in each place of a document, one at a time: in the names of sites and of one
// host, in each attribute of all elements of a name, and of the first element that is an identity.
func TestPrintedTextsOfADocument(t *testing.T) {
	t.Parallel()
	valid := tourEstate().Text()
	documents := map[string]func(string) string{}
	for _, name := range []string{"Paris", "Lyon", "Nantes"} {
		documents["site "+name] = func(content string) string {
			return strings.ReplaceAll(valid, "<Name>"+name+"<", "<Name>"+name+content+"<")
		}
	}
	for _, name := range []string{paris, lyon, "sba.contoso.com"} {
		documents[name] = func(content string) string {
			return strings.ReplaceAll(valid, `"`+name+`"`, `"`+name+content+`"`)
		}
	}
	element := regexp.MustCompile(`<(\w+)( [^<>]*)>`)
	attribute := regexp.MustCompile(` (\w+)="[^"]*`)
	for _, tag := range element.FindAllStringSubmatch(valid, -1) {
		for _, at := range attribute.FindAllStringSubmatch(tag[2], -1) {
			place := regexp.MustCompile(`<` + tag[1] + `( [^<>]*)? ` + at[1] + `="[^"]*`)
			if strings.HasSuffix(tag[1], "Id") {
				documents["first "+tag[1]+" "+at[1]] = func(content string) string {
					end := place.FindStringIndex(valid)[1]
					return valid[:end] + content + valid[end:]
				}
			}
			documents["each "+tag[1]+" "+at[1]] = func(content string) string {
				return place.ReplaceAllStringFunc(valid, func(found string) string { return found + content })
			}
		}
	}
	// With a new line, because Terraform prints a value of several lines as it is.
	content := "&#10;" + printed.Mixed()["document"] + strings.Repeat("\u009b東", 3<<10)
	for place, with := range documents {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			doc := with(content)
			if doc == valid {
				t.Fatal("the document has no such place")
			}
			v := newTour(t, place, "", on(memory.New([]byte(doc))))
			v.configure(anyFile)
			v.run()
		})
	}
}

// TestHostsWithoutAName has documents in which a host has no name, or the name of another one. The calls return.
func TestHostsWithoutAName(t *testing.T) {
	t.Parallel()
	valid := tourEstate().Text()
	for name, other := range map[string]string{paris: lyon, lyon: paris, "sba.contoso.com": lyon} {
		for fault, attribute := range map[string]string{
			"empty": ` Fqdn=""`, "absent": "", "not printable": ` Fqdn="x&#x9b;"`,
			"too long": ` Fqdn="` + strings.Repeat("x", 254) + `"`, "another's": ` Fqdn="` + other + `"`,
		} {
			t.Run(fault+" name of "+name, func(t *testing.T) {
				t.Parallel()
				doc := strings.ReplaceAll(valid, ` Fqdn="`+name+`"`, attribute)
				v := newTour(t, name, "", on(memory.New([]byte(doc))))
				v.configure(anyFile)
				v.run()
			})
		}
	}
}

// TestPrintedTextsOfAStore has a text in the errors, warnings, reports and files of a store.
func TestPrintedTextsOfAStore(t *testing.T) {
	t.Parallel()
	failing := func(failure func(content string) error) func(string) store.Store {
		return func(content string) store.Store {
			s := memory.New(tourEstate().Document())
			s.Fail = func(int, []byte) error { return failure(content) }
			return s
		}
	}
	for source, open := range map[string]func(content string) store.Store{
		"no document": func(content string) store.Store { return memory.New([]byte(content)) },
		"load": func(content string) store.Store {
			s := memory.New(nil)
			s.FailLoads = func(int) error {
				return &file.Error{Kind: file.NotReadable, Action: content, Err: errors.New(content)}
			}
			return s
		},
		"location, result": func(content string) store.Store {
			return &talkative{memory.New(tourEstate().Document()), content}
		},
		"error": failing(func(content string) error { return errors.New(content) }),
		"shell": failing(func(content string) error { return &shell.Error{Kind: shell.NoEffect, Text: content} }),
		"refused": failing(func(content string) error {
			return &store.RefusedError{Reason: content, Err: errors.New(content)}
		}),
		"not published": failing(func(content string) error {
			return &store.NotPublishedError{Err: errors.New(content)}
		}),
		"unconfirmed": failing(func(content string) error { return &store.UnconfirmedError{Err: errors.New(content)} }),
		"publisher": failing(func(content string) error {
			return &publisher.Error{Name: content, Stage: publisher.Alarmed, Err: errors.New(content)}
		}),
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			for _, content := range printed.Mixed() {
				v := newTour(t, source, "", on(open(content)))
				v.configure(anyFile)
				v.run()
			}
		})
	}
}

// talkative is a store with a text in its location and in all parts of the result of a publish.
type talkative struct {
	store.Store
	content string
}

func (s *talkative) Location() string { return s.content }

func (s *talkative) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	result, err := s.Store.Publish(ctx, base, next)
	result.Warnings, result.Files = []string{s.content, s.content}, []store.File{{What: s.content, Path: s.content}}
	result.Difference, result.NotEnabled = s.content, errors.New(s.content)
	result.Alarm = &store.SimpleURLChange{Before: []string{s.content}}
	return result, err
}

func (s *talkative) Enable(context.Context) (store.Result, error) {
	return store.Result{Warnings: []string{s.content}}, errors.New(s.content)
}

// TestPrintedTextsOfAHost has a text in the state of the backup services.
func TestPrintedTextsOfAHost(t *testing.T) {
	t.Parallel()
	for what, content := range printed.Mixed() {
		double := backupServiceDouble(t)
		modules := modules(content, content, content)
		for i := range modules {
			modules[i].Identity += content
		}
		double.SetBackupModules(lyon, modules...)
		v := newTour(t, "modules, "+what, "", openDouble(double))
		v.configure(anyFile)
		v.dataSource("lync_backup_service_status", v.schemas.DataSourceSchemas["lync_backup_service_status"])
		v.action(syncType, v.schemas.ActionSchemas[syncType].Schema)
	}
}

// TestPrintedTextsOfAConfiguration has a text in every argument of every object, in import ids, identities and states.
// The validators of the framework print the values that they refuse.
func TestPrintedTextsOfAConfiguration(t *testing.T) {
	t.Parallel()
	for what, content := range printed.Mixed() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			v := newTour(t, "configuration", content, on(memory.New(tourEstate().Document())))
			v.configure(anyFile)
			v.run()
		})
	}
}

// TestPrintedTextsOfTheProviderBlock has a text in each argument of the provider.
func TestPrintedTextsOfTheProviderBlock(t *testing.T) {
	t.Parallel()
	for what, content := range printed.Mixed() {
		v := newTour(t, "provider block, "+what, content, func(l location) store.Store { return file.New(l.file) })
		kind := objectType(t, v.schemas.Provider)
		all := map[string]tftypes.Value{}
		for name, of := range kind.AttributeTypes {
			all[name] = filled(of, content)
			v.configure(map[string]tftypes.Value{name: all[name]})
		}
		v.configure(all)
		nested := objectOf(t, kind.AttributeTypes["management_shell"])
		for name, of := range nested.AttributeTypes {
			v.configure(map[string]tftypes.Value{"management_shell": objectWith(nested, map[string]tftypes.Value{
				"host": text("lync01.contoso.com"), name: filled(of, content)})})
		}
		// The file exists, because a name with control characters is otherwise refused before any object is called.
		name := filepath.Join(t.TempDir(), "x"+strings.ReplaceAll(content, "\x00", "")+".xml")
		v.given = ""
		if err := os.WriteFile(name, []byte("no document"), 0o600); err != nil {
			v.configure(map[string]tftypes.Value{"topology_file": text(name)}) // too long, for example
			continue
		}
		v.configure(map[string]tftypes.Value{"topology_file": text(name)})
		v.run()
	}
}

func objectOf(t *testing.T, kind tftypes.Type) tftypes.Object {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is not an object", kind)
	}
	return object
}

// TestRefusedNames gives names to every argument that is a name, and as import ids. Terraform prints the id of a
// resource as it is, so that a text that controls the terminal is no name. The message has the name with visible
// escapes, and the reason.
func TestRefusedNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a.", 125) + "com"
	v := newTour(t, "names", "", on(memory.New(tourEstate().Document())))
	v.configure(anyFile)
	for name, want := range map[string]string{
		"lyon\u009b.contoso.com": `"lyon\u009b.contoso.com" (it has control characters)`,
		"lyon\u202e.contoso.com": `"lyon\u202e.contoso.com" (it has control characters)`,
		"lyon\x1b[1m":            `"lyon\x1b[1m" (it has control characters)`,
		"lyon\n":                 `got: "lyon\n"`,
		long:                     "",
		long + "a":               `"` + long + `a" (it has more than 253 characters)`,
	} {
		count := 0
		for call, found := range v.namesRefused(name) {
			count++
			if want == "" && found != "" || !strings.Contains(found, want) {
				t.Errorf("%s: %q: the errors are %q, want %q", call, name, found, want)
			}
		}
		if count != 11 {
			t.Errorf("%d arguments are names", count)
		}
		for _, kind := range []string{pairType, branchType} {
			if strings.HasSuffix(name, "\n") {
				continue // an import id can have white space around it
			}
			imported, err := v.server.ImportResourceState(t.Context(),
				&tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: name})
			if err != nil {
				t.Fatal(err)
			}
			refused := "is not an import id"
			if want == "" {
				refused = "has no "
			}
			if found := strings.Join(errorsOf(imported.Diagnostics), "\n"); !strings.Contains(found, refused) {
				t.Errorf("import of %s %q: the errors are %q", kind, name, found)
			}
		}
	}
}

// namesRefused validates every argument that is a name, or has names, with a name. It returns the errors by argument.
func (v *tour) namesRefused(name string) map[string]string {
	v.t.Helper()
	found := map[string]string{}
	validate := func(object string, schema *tfprotov6.Schema,
		call func(*tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)) {
		kind := objectType(v.t, schema)
		for _, argument := range []string{"pools", "appliance", "backup_pool", "fqdn", "pool", "failed_pools",
			"inventory", "exclude"} {
			if !slices.ContainsFunc(schema.Block.Attributes, func(a *tfprotov6.SchemaAttribute) bool {
				return a.Name == argument && (a.Required || a.Optional)
			}) {
				continue
			}
			of := kind.AttributeTypes[argument]
			diags, err := call(pack(objectWith(kind, map[string]tftypes.Value{argument: filled(of, name)})))
			if err != nil {
				v.t.Fatal(err)
			}
			about := slices.DeleteFunc(errorsOf(diags), func(text string) bool {
				return !strings.HasPrefix(text, `AttributeName("`+argument+`")`) || !strings.Contains(text, "must be")
			})
			found[object+" "+argument] = strings.Join(about, "\n")
		}
	}
	ctx := v.t.Context()
	for object, schema := range v.schemas.ResourceSchemas {
		validate(object, schema, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := v.server.ValidateResourceConfig(ctx,
				&tfprotov6.ValidateResourceConfigRequest{TypeName: object, Config: config})
			return resp.Diagnostics, err
		})
	}
	for object, schema := range v.schemas.DataSourceSchemas {
		validate("data "+object, schema, func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := v.server.ValidateDataResourceConfig(ctx,
				&tfprotov6.ValidateDataResourceConfigRequest{TypeName: object, Config: config})
			return resp.Diagnostics, err
		})
	}
	validate("list", v.schemas.ListResourceSchemas[branchType],
		func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := v.server.ValidateListResourceConfig(ctx,
				&tfprotov6.ValidateListResourceConfigRequest{TypeName: branchType, Config: config})
			return resp.Diagnostics, err
		})
	validate(syncType, v.schemas.ActionSchemas[syncType].Schema,
		func(config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := v.server.ValidateActionConfig(ctx,
				&tfprotov6.ValidateActionConfigRequest{ActionType: syncType, Config: config})
			return resp.Diagnostics, err
		})
	return found
}
