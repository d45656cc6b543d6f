package provider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestReadOnly checks that every change fails at the apply, before anything is written.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	const readOnly = "read_only = true"
	const refusal = "so nothing was changed. Set it to false"
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		first := allKindsEstate().Document()
		d := newDocument(t, first)
		unitTest(t, resource.TestStep{
			Config:      d.configWith(readOnly, pairOf(paris, lyon)),
			ExpectError: inOrder("Error running apply", "Provider is read-only", refusal),
		})
		d.assertContent(first)
	})
	t.Run("update and delete", func(t *testing.T) {
		t.Parallel()
		first := fourPools().Document()
		d := newDocument(t, first)
		unitTest(t,
			importStep(d.configWith(readOnly, pairOf(paris, lyon))),
			resource.TestStep{ // reading is allowed
				Config:            d.configWith(readOnly, pairOf(paris, lyon)),
				ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
				ConfigStateChecks: assertPaired(paris, lyon),
			},
			resource.TestStep{
				Config:      d.configWith(readOnly, pairOf(paris, lyon, "automatic_failover = false")),
				ExpectError: inOrder("Error running apply", "Provider is read-only", refusal),
			},
			resource.TestStep{
				PreConfig:   func() { d.assertContent(first) },
				Config:      d.configWith(readOnly, pairOf(paris, lyon)),
				Destroy:     true,
				ExpectError: inOrder("Error running destroy", "Provider is read-only", refusal),
			},
			resource.TestStep{
				PreConfig:         func() { d.assertContent(first) },
				Config:            d.config(pairOf(paris, lyon)),
				ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
				ConfigStateChecks: assertPaired(paris, lyon),
			},
		)
	})
}

// TestEnvironment sets environment variables of the process, so it cannot run in parallel.
func TestEnvironment(t *testing.T) {
	const mixed = "huge.contoso.com" // its edition differs from that of paris
	const silent = "provider \"lync\" {}\n"
	missing := filepath.Join(t.TempDir(), "missing.xml")
	for name, test := range map[string]struct {
		env    map[string]string
		config func(*document) string
		fails  []string // empty: the pair is created
	}{
		"neither is configured": {
			config: func(*document) string { return silent + pairOf(paris, mixed) },
			fails: []string{"No topology configured", "(Get-CsTopology -AsXml).ToString()",
				`topology_file = "topology.xml"`, "LYNC_TOPOLOGY_FILE=topology.xml", "management_shell = {",
				"LYNC_PASSWORD"},
		},
		"file": {
			env:    map[string]string{environment.TopologyFile: "DOCUMENT"},
			config: func(*document) string { return silent + pairOf(paris, mixed) },
		},
		"missing file": {
			env:    map[string]string{environment.TopologyFile: missing},
			config: func(*document) string { return silent + pairOf(paris, mixed) },
			fails:  []string{"it does not exist", environment.TopologyFile},
		},
		"read only": {
			env:    map[string]string{environment.ReadOnly: "1"},
			config: func(d *document) string { return d.config(pairOf(paris, mixed)) },
			fails:  []string{"Error running apply", "Provider is read-only", environment.ReadOnly},
		},
		"strict support": {
			env:    map[string]string{environment.StrictSupport: "true"},
			config: func(d *document) string { return d.config(pairOf(paris, mixed)) },
			fails:  []string{"Error running pre-apply plan", "(PP-EDITION)"},
		},
		"configuration wins": {
			env: map[string]string{environment.TopologyFile: missing, environment.ReadOnly: "true",
				environment.StrictSupport: "true"},
			config: func(d *document) string {
				return d.configWith("read_only = false\n  strict_support = false", pairOf(paris, mixed))
			},
		},
		"no truth value for read only": {
			env:    map[string]string{environment.ReadOnly: "perhaps"},
			config: func(d *document) string { return d.config(pairOf(paris, mixed)) },
			fails: []string{"Invalid environment variable",
				`LYNC_READ_ONLY is set to "perhaps". Set it to true or false`},
		},
		"no truth value for strict support": {
			env:    map[string]string{environment.StrictSupport: "yes"},
			config: func(d *document) string { return d.config(pairOf(paris, mixed)) },
			fails: []string{"Invalid environment variable",
				`LYNC_STRICT_SUPPORT is set to "yes". Set it to true or false`},
		},
		"invalid value that is not used": {
			env:    map[string]string{environment.ReadOnly: "perhaps"},
			config: func(d *document) string { return d.configWith("read_only = false", pairOf(paris, mixed)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := allKindsEstate().Document()
			d := newDocument(t, first)
			for name, value := range test.env {
				if value == "DOCUMENT" {
					value = d.path
				}
				t.Setenv(name, value)
			}
			step := resource.TestStep{Config: test.config(d)}
			if len(test.fails) > 0 {
				step.ExpectError = inOrder(test.fails...)
			} else {
				step.ConfigPlanChecks = preApply(assertAction(plancheck.ResourceActionCreate))
				step.ConfigStateChecks = []statecheck.StateCheck{assertState(registrar(paris, "backup_registrar"),
					knownvalue.StringExact(mixed))}
				step.PostApplyFunc = func() { assertOnlyInserts(t, testkit.Diff(first, d.bytes())) }
			}
			unitTest(t, step)
			d.assertContent(first)
		})
	}
}

func TestIgnoredRulesRefused(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	for id, reason := range map[string]string{
		"PP-NONE": "is not the id of a rule",
		"PP-ONE":  "always is an error, and errors cannot be ignored",
	} {
		unitTest(t, assertRefused(d.configWith(`ignored_rules = ["PP-SITE", "`+id+`"]`, pairOf(paris, lyon)),
			"Rule cannot be ignored", `ignored_rules = ["PP-SITE", "`+id+`"]`, id+" "+reason, "These can be:",
			"PP-EDITION,", "VF-RANGE"))
	}
}

func TestEmptyPath(t *testing.T) {
	t.Parallel()
	unitTest(t, assertRefused("provider \"lync\" {\n  topology_file = \"\"\n}\n"+pairOf(paris, lyon), "Empty path",
		"topology_file is empty"))
}

// TestBadInput has files that are no topology document. Each error names the file, and the file does not change.
func TestBadInput(t *testing.T) {
	t.Parallel()
	whole := allKindsEstate().Document()
	const topology = "(Get-CsTopology -AsXml).ToString()"
	for name, test := range map[string]struct {
		file func(path string) error
		want []string
	}{
		"missing":   {func(string) error { return nil }, []string{"it does not exist", "LYNC_TOPOLOGY_FILE", topology}},
		"directory": {func(path string) error { return os.Mkdir(path, 0o750) }, []string{"it is a directory"}},
		"empty":     {writeFile(nil), []string{"empty", topology}},
		"not XML": {writeFile([]byte("first,second\r\n")),
			[]string{"the document has text outside its root element", topology}},
		"cut off": {writeFile(whole[:len(whole)/2]), []string{"cut off"}},
		"other root": {
			writeFile([]byte(`<Configuration xmlns="urn:example"><Topology /></Configuration>`)),
			[]string{"Configuration", topology},
		},
		"Topology Builder project": {
			writeFile([]byte("PK\x03\x04 a project of Topology Builder")),
			[]string{topology},
		},
		"archive of Export-CsConfiguration": {
			writeFile([]byte("PK\x03\x04\x14\x00\x06\xff\xfe")),
			[]string{"this is a zip file, such as Export-CsConfiguration writes", topology},
		},
		"entity declarations": {
			writeFile([]byte("<!DOCTYPE a [<!ENTITY b \"c\">]>\n" +
				`<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008" />`)),
			[]string{"document type declaration", "declared entities are never expanded"},
		},
		"too large": {
			func(path string) error {
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					return err
				}
				return os.Truncate(path, 64<<20+1)
			},
			[]string{"a topology document has at most 64 MiB"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			file := filepath.Join(folder, "topology.xml")
			if name == "Topology Builder project" {
				file = filepath.Join(folder, "topology.tbxml")
			}
			if err := test.file(file); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Stat(file)
			d := &document{t: t, path: file}
			unitTest(t, assertRefused(d.config(pairOf(paris, lyon)),
				append([]string{"Error checking the pool pair lyon.contoso.com,paris.contoso.com", file},
					test.want...)...))
			after, _ := os.Stat(file)
			if before != nil && (after == nil || before.Size() != after.Size() ||
				!before.ModTime().Equal(after.ModTime())) {
				t.Errorf("the file has changed from %v to %v", before, after)
			}
			files, err := os.ReadDir(folder)
			if err != nil || len(files) > 1 {
				t.Errorf("unexpected files: %v, %v", files, err)
			}
		})
	}
}

func writeFile(content []byte) func(string) error {
	return func(path string) error { return os.WriteFile(path, content, 0o600) }
}
