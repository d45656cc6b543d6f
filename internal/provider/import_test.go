package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestImport imports a pair by every form of its id. The state is the same for all forms.
func TestImport(t *testing.T) {
	t.Parallel()
	first := fourPools().Document()
	for name, test := range map[string]struct {
		id   string
		doc  []byte
		want []statecheck.StateCheck
	}{
		"as the id is": {id: "lyon.contoso.com,paris.contoso.com"},
		"otherwise":    {id: "PARIS.contoso.com., lyon.Contoso.com"},
		"by one pool":  {id: "Lyon.contoso.com."},
		"by its one link": {id: "lyon.contoso.com",
			doc: fourPools(noBackup("lyon"), noService("lyon", "paris")).Document()},
		"by the pool that its Registrar names": {
			id: "paris.contoso.com",
			doc: fourPools(alsoPair(testkit.Pair{A: "paris", B: "nice",
				NoBackup: []string{"paris", "nice"}})).Document(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := first
			if test.doc != nil {
				doc = test.doc
			}
			d := newDocument(t, doc)
			action := plancheck.ResourceActionNoop
			if name == "by its one link" { // incomplete: the apply completes it
				action = plancheck.ResourceActionUpdate
			}
			unitTest(t, resource.TestStep{
				Config:           d.config(pairOf(paris, lyon), importBlockFor(test.id)),
				ConfigPlanChecks: preApply(assertAction(action)),
				ConfigStateChecks: append(assertPaired(paris, lyon),
					assertState(tfjsonpath.New("id"), knownvalue.StringExact("lyon.contoso.com,paris.contoso.com")),
					assertState(tfjsonpath.New("per_pool"), knownvalue.Null())),
				PostApplyFunc: func() {
					if action == plancheck.ResourceActionNoop {
						d.assertContent(doc)
					}
				},
			})
		})
	}
}

func TestImportIsRefused(t *testing.T) {
	t.Parallel()
	estate := allKindsEstate()
	estate.Pairs = []testkit.Pair{
		{A: "big", B: "huge", NoBackup: []string{"big"}},
		{A: "big", B: "small", NoBackup: []string{"big"}},
	}
	first := estate.Document()
	for name, test := range map[string]struct {
		id   string
		want []string
	}{
		"three parts": {"a.contoso.com,b.contoso.com,c.contoso.com",
			[]string{"is not an import id of a pool pair", `The id is "pool-a.contoso.com,pool-b.contoso.com"`}},
		"itself": {"paris.contoso.com,PARIS.contoso.com", []string{"(PP-SELF)"}},
		"unpaired": {"paris.contoso.com",
			[]string{"paris.contoso.com is linked with no other Front End pool"}},
		"not linked": {"paris.contoso.com,lyon.contoso.com",
			[]string{"Nothing links lyon.contoso.com and paris.contoso.com",
				"Declare it without an import to create it"}},
		"unknown": {"rome.contoso.com", []string{"has no pool rome.contoso.com"}},
		"several": {"big.contoso.com",
			[]string{"big.contoso.com is linked with several pools: huge.contoso.com and small.contoso.com",
				`"big.contoso.com,huge.contoso.com"`}},
		"Front End computer": {"fe1-big.contoso.com",
			[]string{"fe1-big.contoso.com is a computer of the pool big.contoso.com. Name the pool"}},
		"appliance": {"paris.contoso.com,sba.contoso.com",
			[]string{"sba.contoso.com is", "A pool pair has two Front End pools"}},
		"2010": {"old1.contoso.com,old2.contoso.com",
			[]string{"old1.contoso.com is", "of Lync Server 2010. A pool pair has two Front End pools of Lync Server " +
				"2013 or later"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			unitTest(t, assertRefused(d.config(pairOf(paris, lyon), importBlockFor(test.id)), test.want...))
			d.assertContent(first)
		})
	}
}

// TestImportOfSidesThatDiffer imports the settings of the side that sorts first as arguments. per_pool has the settings
// in which the other side differs. The plan of a configuration with these values is empty.
func TestImportOfSidesThatDiffer(t *testing.T) {
	t.Parallel()
	no := false
	d := newDocument(t, fourPools(noBackup("lyon", "paris"),
		backup(testkit.Backup{From: "lyon", To: "paris", Failure: 2 * time.Minute}),
		backup(testkit.Backup{From: "paris", To: "lyon", Failover: &no, Failback: 90 * time.Minute}),
	).Document())
	first := d.bytes()
	config := d.config(pairOf(paris, lyon, `failure_detection_interval = "2m"`, `failback_detection_interval = "600s"`,
		perPool("Paris.contoso.com", `
      automatic_failover = false
      failure_detection_interval = "300s"
      failback_detection_interval = "1h30m0s"`)))
	unitTest(t,
		resource.TestStep{
			Config: config, ResourceName: this,
			ImportState: true, ImportStateId: paris, ImportStatePersist: true,
		},
		resource.TestStep{
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(tfjsonpath.New("automatic_failover"), knownvalue.Bool(true)),
				assertState(tfjsonpath.New("failure_detection_interval"), knownvalue.StringExact("2m")),
				assertState(tfjsonpath.New("failback_detection_interval"), knownvalue.StringExact("10m")),
				assertState(tfjsonpath.New("per_pool"), knownvalue.MapExact(map[string]knownvalue.Check{
					paris: knownvalue.ObjectExact(map[string]knownvalue.Check{
						"automatic_failover":          knownvalue.Bool(false),
						"failure_detection_interval":  knownvalue.StringExact("5m"),
						"failback_detection_interval": knownvalue.StringExact("1h30m"),
					}),
				})),
			},
			PostApplyFunc: func() { d.assertContent(first) },
		},
	)
}

// TestRefreshKeepsAnImport imports pairs with all combinations of settings. The refresh after the import changes
// nothing.
func TestRefreshKeepsAnImport(t *testing.T) {
	t.Parallel()
	const unreadable = 13 * time.Minute // replaced in the text of the document
	var backups []*testkit.Backup
	for _, failover := range []bool{true, false} {
		for _, failure := range []time.Duration{testkit.Missing, unreadable, 5 * time.Minute, 7 * time.Minute} {
			backups = append(backups, &testkit.Backup{Failover: &failover, Failure: failure, Failback: failure})
		}
	}
	backups = append(backups, nil) // no Backup element, but backup services
	for _, onParis := range backups {
		for _, onLyon := range backups {
			e := fourPools(noBackup("paris", "lyon"))
			if onParis != nil {
				onParis.From, onParis.To = "paris", "lyon"
				e.Backups = append(e.Backups, *onParis)
			}
			if onLyon != nil {
				onLyon.From, onLyon.To = "lyon", "paris"
				e.Backups = append(e.Backups, *onLyon)
			}
			text := strings.ReplaceAll(e.Text(), "P0Y0M0DT0H13M0S", "soon")
			w := walkOn(newDocument(t, testkit.Encode(text, e.Document())))
			imported := w.state(paris)
			read := w.read(imported, nil)
			w.must(nil, read.Diagnostics)
			if got := w.unpack(w.resource, read.NewState); !got.Equal(imported) {
				t.Errorf("paris has %+v and lyon has %+v: the import is\n%s\nand the refresh\n%s", onParis, onLyon,
					imported, got)
			}
		}
	}
}
