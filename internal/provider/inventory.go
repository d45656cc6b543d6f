package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type equipmentModel struct {
	Users    types.Number `tfsdk:"users"`
	Physical types.Bool   `tfsdk:"physical"`
	OS       types.String `tfsdk:"os"`
	Region   types.String `tfsdk:"region"`
}

// maxUsers is far above what there can be, and leaves room to add such numbers up.
const maxUsers wholeNumber = 1_000_000_000

// inventoryAttribute is the argument with what a topology does not tell.
func inventoryAttribute() schema.MapNestedAttribute {
	words := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "What a topology does not tell of its pools, by the FQDN of the pool. It feeds the rules PP-CAP, PP-CAPNUM, PP-VIRT, PP-OS and PP-DIST in `findings`; " +
			"none of them is about a pool, or a part of it, that is left out, `null` or an empty text. A name that is no Front End pool and no appliance of the topology is a warning.",
		Validators: []validator.Map{mapvalidator.KeysAre(stringvalidator.RegexMatches(topology.HostName,
			"must be the fully qualified domain name of a pool or an appliance, such as pool-paris.contoso.com"))},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"users": schema.NumberAttribute{
				Optional: true,
				MarkdownDescription: "Number of users homed on the pool. The users of a branch appliance count for its pool as well, which is that of its user services: " +
					"give them under the FQDN of the appliance, or with those of the pool.",
				Validators: []validator.Number{maxUsers},
			},
			"physical": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether its Front End Servers are physical; `false` for virtual ones."},
			"os":       words("Operating system of its Front End Servers, in whatever words: pools with the same words have the same one."),
			"region":   words("Region of the world that it is in, in whatever words."),
		}},
	}
}

// inventoryFrom reads the inventory of a data source. Names of no Front End pool and no appliance are warnings, two
// spellings of one name an error. An error that reading the topology ends with is returned.
func inventoryFrom(ctx context.Context, c *client.Client, value types.Map, diags *diag.Diagnostics) (resilience.Inventory, error) {
	at := path.Root("inventory")
	given := map[string]*equipmentModel{}
	if !value.IsNull() {
		diags.Append(value.ElementsAs(ctx, &given, false)...)
	}
	inventory, spelled := resilience.Inventory{}, map[string]string{}
	names := slices.Sorted(maps.Keys(given))
	for _, name := range names {
		canonical := topology.CanonicalFQDN(name)
		if other, twice := spelled[canonical]; twice {
			diags.AddAttributeError(at.AtMapKey(name), "Pool twice in the inventory",
				fmt.Sprintf("%q and %q are one name: letter case and a trailing dot make no difference. Leave one of them out.", other, name))
		}
		spelled[canonical] = name
		if is := given[name]; is != nil {
			inventory[canonical] = resilience.Equipment{
				Users: int64OrNil(is.Users), Physical: is.Physical.ValueBoolPointer(),
				OS: strings.TrimSpace(is.OS.ValueString()), Region: strings.TrimSpace(is.Region.ValueString()),
			}
		}
	}
	if len(names) == 0 {
		return inventory, nil
	}
	useless, err := c.WithoutEffect(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, name := range useless {
		diags.AddAttributeWarning(at.AtMapKey(name.Name), "Inventory of no pool", message.Capitalise(message.Sentence(name.Err.Error()))+" This entry has no effect.")
	}
	return inventory, nil
}
