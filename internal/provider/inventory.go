package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type equipmentModel struct {
	Users    types.Number `tfsdk:"users"`
	Physical types.Bool   `tfsdk:"physical"`
	OS       types.String `tfsdk:"os"`
	Region   types.String `tfsdk:"region"`
}

// maxUsers is far above the size of any pool, and sums of such numbers do not overflow.
const maxUsers wholeNumber = 1_000_000_000

// inventoryAttribute is the argument with facts about pools that a topology does not contain.
func inventoryAttribute() schema.MapNestedAttribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Facts about pools that a topology does not contain, by the FQDN of the pool. The rules " +
			"PP-CAP, PP-CAPNUM, PP-VIRT, PP-OS and PP-DIST in `findings` use these facts. They do not check a pool " +
			"without an entry, or a value that is unset or an empty text. A name that is neither a Front End pool " +
			"nor an appliance of the topology is a warning.",
		Validators: []validator.Map{mapvalidator.KeysAre(hostName(
			"must be the fully qualified domain name of a pool or an appliance, such as pool-paris.contoso.com"))},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"users": schema.NumberAttribute{
				Optional: true,
				MarkdownDescription: "Number of users homed on the pool. The users of a branch appliance count for " +
					"the pool of its user services as well: specify them under the FQDN of the appliance, or include " +
					"them in the number of the pool.",
				Validators: []validator.Number{maxUsers},
			},
			"physical": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "Whether its Front End Servers are physical. `false` means virtual servers."},
			"os": text("Operating system of its Front End Servers, as free text. " +
				"Pools with the same text have the same operating system."),
			"region": text("Region of the world of the pool, as free text."),
		}},
	}
}

// inventoryFrom reads the inventory of a data source. It adds a warning for a name that is neither a Front End pool nor
// an appliance, and an error for two spellings of one name. It returns the error of reading the topology.
func inventoryFrom(
	ctx context.Context, c *client.Client, value types.Map, diags *diag.Diagnostics,
) (resilience.Inventory, error) {
	at := path.Root("inventory")
	entries := map[string]*equipmentModel{}
	if !value.IsNull() {
		diags.Append(value.ElementsAs(ctx, &entries, false)...)
	}
	inventory, spellings := resilience.Inventory{}, map[topology.FQDN]string{}
	names := slices.Sorted(maps.Keys(entries))
	for _, name := range names {
		canonical := fqdnOf(name)
		if other, twice := spellings[canonical]; twice {
			diags.AddAttributeError(at.AtMapKey(name), "Pool listed twice in the inventory",
				fmt.Sprintf("%q and %q are the same name, because letter case and a trailing dot make no difference. "+
					"Remove one of them.", other, name))
		}
		spellings[canonical] = name
		if entry := entries[name]; entry != nil {
			inventory[canonical] = resilience.Equipment{
				Users: int64OrNil(entry.Users), Physical: entry.Physical.ValueBoolPointer(),
				OS: strings.TrimSpace(entry.OS.ValueString()), Region: strings.TrimSpace(entry.Region.ValueString()),
			}
		}
	}
	if len(names) == 0 {
		return inventory, nil
	}
	ineffective, err := c.WithoutEffect(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, name := range ineffective {
		diags.AddAttributeWarning(at.AtMapKey(name.Name), "Inventory entry without effect",
			errorText(name.Err)+" Remove this entry, or correct its name.")
	}
	return inventory, nil
}
