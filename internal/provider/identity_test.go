package provider

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// identityTest runs steps on the harness, or with a Terraform that has identities.
func identityTest(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	if !realTerraform {
		unitTest(t, steps...)
		return
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(t),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps:                    steps,
	})
}

// TestIdentity checks the identity of a pair after creation, update and import.
func TestIdentity(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	want := statecheck.ExpectIdentity(this, map[string]knownvalue.Check{
		"first_pool": knownvalue.StringExact(lyon), "second_pool": knownvalue.StringExact(paris),
	})
	identityTest(t,
		resource.TestStep{
			Config:            d.config(pairOf("PARIS.contoso.com", lyon+".")),
			ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: append(assertPaired(paris, lyon), want),
		},
		resource.TestStep{
			Config:            d.config(pairOf(paris, lyon, "automatic_failover = false")),
			ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{want},
		},
		resource.TestStep{ResourceName: this, ImportState: true,
			ImportStateKind: resource.ImportBlockWithResourceIdentity},
	)
}

// TestBranchIdentity checks the identity of a branch backup after creation, update and import.
func TestBranchIdentity(t *testing.T) {
	t.Parallel()
	d := newDocument(t, branchEstate().Document())
	want := statecheck.ExpectIdentity(nantes, map[string]knownvalue.Check{"appliance": knownvalue.StringExact(sba)})
	identityTest(t,
		resource.TestStep{
			Config:            d.config(branchOf("SBA.contoso.com.", paris)),
			ConfigPlanChecks:  preApply(assertBranchAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{want},
		},
		resource.TestStep{
			Config:            d.config(branchOf(sba, lyon)),
			ConfigPlanChecks:  preApply(assertBranchAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{want},
		},
		resource.TestStep{ResourceName: nantes, ImportState: true,
			ImportStateKind: resource.ImportBlockWithResourceIdentity},
	)
}

// TestIdentityInEveryResponse checks the identity in the result of every call, also of failed calls.
func TestIdentityInEveryResponse(t *testing.T) {
	t.Parallel()
	first := allKindsEstate().Document()
	d := newDocument(t, first)
	var state tftypes.Value

	w := walkOn(d)
	create := w.plan(w.none(), w.pair("PARIS.contoso.com", lyon+".", nil), nil)
	w.assertErrors("plan of a creation", create.diags)
	refused := walkOn(d, "read_only").apply(create)
	w.assertErrors("creation while read-only", refused.Diagnostics, "read-only")
	w.assertPairIdentity("creation while read-only", refused.NewIdentity, lyon, paris)
	d.assertContent(first)
	created := w.apply(create)
	w.assertErrors("creation", created.Diagnostics)
	w.assertPairIdentity("creation", created.NewIdentity, lyon, paris)
	state = w.unpack(w.resource, created.NewState)
	afterCreate := d.bytes()

	w = walkOn(d)
	read := w.read(state, nil) // as for a state of a version without identities
	w.assertErrors("read", read.Diagnostics)
	w.assertPairIdentity("read", read.NewIdentity, lyon, paris)
	read = w.read(state, read.NewIdentity)
	w.assertErrors("read with an identity", read.Diagnostics)
	w.assertPairIdentity("read with an identity", read.NewIdentity, lyon, paris)

	update := w.plan(state, w.pair(paris, lyon,
		map[string]tftypes.Value{"automatic_failover": tftypes.NewValue(tftypes.Bool, false)}), nil)
	w.assertErrors("plan of an update", update.diags)
	refused = walkOn(d, "read_only").apply(update)
	w.assertErrors("update while read-only", refused.Diagnostics, "read-only")
	w.assertPairIdentity("update while read-only", refused.NewIdentity, lyon, paris)
	d.assertContent(afterCreate)
	updated := w.apply(update)
	w.assertErrors("update", updated.Diagnostics)
	w.assertPairIdentity("update", updated.NewIdentity, lyon, paris)
	state = w.unpack(w.resource, updated.NewState)
	afterUpdate := d.bytes()

	w = walkOn(d)
	imported := w.importState("", map[string]tftypes.Value{"first_pool": text("PARIS.contoso.com."),
		"second_pool": text("Lyon.contoso.com")})
	w.assertErrors("import", imported.Diagnostics)
	w.assertPairIdentity("import", imported.ImportedResources[0].Identity, lyon, paris)
	read = w.read(w.unpack(w.resource, imported.ImportedResources[0].State), imported.ImportedResources[0].Identity)
	w.assertErrors("read after an import", read.Diagnostics)
	w.assertPairIdentity("read after an import", read.NewIdentity, lyon, paris)

	removal := w.plan(state, w.none(), nil)
	removal.identity = read.NewIdentity
	w.assertErrors("plan of a destroy", removal.diags)
	refused = walkOn(d, "read_only").apply(removal)
	w.assertErrors("destroy while read-only", refused.Diagnostics, "read-only")
	w.assertPairIdentity("destroy while read-only", refused.NewIdentity, lyon, paris)
	d.assertContent(afterUpdate)
	removed := w.apply(removal)
	w.assertErrors("destroy", removed.Diagnostics)
	d.assertContent(first)

	w = walkOn(d)
	read = w.read(state, nil)
	w.assertErrors("read of a missing pair", read.Diagnostics)
	if !w.unpack(w.resource, read.NewState).IsNull() {
		t.Error("a missing pair stays in the state")
	}
	w.assertPairIdentity("read of a missing pair", read.NewIdentity, lyon, paris)
	d.replaceWith([]byte("no document"))()
	w = walkOn(d)
	read = w.read(state, nil)
	w.assertErrors("read of no document", read.Diagnostics,
		"Error reading the pool pair lyon.contoso.com,paris.contoso.com")
	w.assertPairIdentity("read of no document", read.NewIdentity, lyon, paris)
}

// TestBranchIdentityInEveryResponse is TestIdentityInEveryResponse for a branch backup.
func TestBranchIdentityInEveryResponse(t *testing.T) {
	t.Parallel()
	first := branchEstate(withoutBackup).Document()
	d := newDocument(t, first)
	const kind = "lync_branch_backup"
	want := map[string]tftypes.Value{"appliance": text(sba)}
	config := func(w *walk, arguments map[string]tftypes.Value) tftypes.Value {
		all := map[string]tftypes.Value{"appliance": text("SBA.contoso.com."), "backup_pool": text(paris)}
		maps.Copy(all, arguments)
		return objectWith(w.resource, all)
	}

	w := walkOfResource(kind, d)
	create := w.plan(w.none(), config(w, nil), nil)
	w.assertErrors("plan of a creation", create.diags)
	refused := walkOfResource(kind, d, "read_only").apply(create)
	w.assertErrors("creation while read-only", refused.Diagnostics, "read-only")
	w.assertIdentity("creation while read-only", refused.NewIdentity, want)
	created := w.apply(create)
	w.assertErrors("creation", created.Diagnostics)
	w.assertIdentity("creation", created.NewIdentity, want)
	state := w.unpack(w.resource, created.NewState)
	d.assertContent(branchEstate().Document())

	w = walkOfResource(kind, d)
	update := w.plan(state, config(w, map[string]tftypes.Value{"backup_pool": text(lyon)}), nil)
	w.assertErrors("plan of a move", update.diags)
	for _, id := range []string{"BR-MOVE", "BR-CENTRAL"} {
		if found := rules(update.diags, tfprotov6.DiagnosticSeverityWarning); !slices.Contains(found, id) {
			t.Errorf("the plan of a move warns of %v, want %s", found, id)
		}
	}
	updated := w.apply(update)
	w.assertErrors("move", updated.Diagnostics)
	w.assertIdentity("move", updated.NewIdentity, want)
	state = w.unpack(w.resource, updated.NewState)

	w = walkOfResource(kind, d)
	imported := w.importState("", map[string]tftypes.Value{"appliance": text("Sba.contoso.com")})
	w.assertErrors("import", imported.Diagnostics)
	w.assertIdentity("import", imported.ImportedResources[0].Identity, want)
	read := w.read(state, nil)
	w.assertErrors("read", read.Diagnostics)
	w.assertIdentity("read", read.NewIdentity, want)
	d.replaceWith([]byte("no document"))()
	w = walkOfResource(kind, d)
	failed := w.read(state, nil)
	w.assertErrors("read of no document", failed.Diagnostics, "Error reading the branch backup of sba.contoso.com")
	w.assertIdentity("read of no document", failed.NewIdentity, want)
	d.replaceWith(branchEstate(onPool("lyon")).Document())()

	w = walkOfResource(kind, d)
	removal := w.plan(state, w.none(), nil)
	removal.identity = read.NewIdentity
	w.assertErrors("plan of a destroy", removal.diags)
	if found := rules(removal.diags, tfprotov6.DiagnosticSeverityWarning); !slices.Equal(found, []string{"BR-ONE"}) {
		t.Errorf("the plan of a destroy warns of %v", found)
	}
	refused = walkOfResource(kind, d, "read_only").apply(removal)
	w.assertErrors("destroy while read-only", refused.Diagnostics, "read-only")
	removed := w.apply(removal)
	w.assertErrors("destroy", removed.Diagnostics)
	d.assertContent(branchEstate(withoutBackup, onPool("lyon")).Document())
}
