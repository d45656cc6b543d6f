package provider

import (
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

// checkTopologyFile refuses a path with a typical mistake, unless a file has this name. The error is on the argument
// also for a path of the environment, which replaces the argument.
func checkTopologyFile(file string, origin pathcheck.Origin) (diags diag.Diagnostics) {
	mistake, found := pathcheck.Find(file, origin)
	if !found {
		return nil
	}
	//nolint:gosec // the user chooses the file
	if _, err := os.Lstat(file); err == nil {
		return nil
	}
	name, example := "topology_file", mistake.Example
	if origin == pathcheck.Variable {
		name = environment.TopologyFile
	}
	text := fmt.Sprintf("%s is %q, which %s. %s", name, file, mistake.Fact, mistake.Advice)
	switch {
	case mistake.IsContent:
		text = fmt.Sprintf("%s %s. %s", name, mistake.Fact, mistake.Advice)
	case example != "" && origin == pathcheck.Variable:
		text += fmt.Sprintf(" Example: set %s=%s", name, example)
	case example != "":
		text += fmt.Sprintf(" Example: %s = %s", name, example)
	}
	diags.AddAttributeError(path.Root("topology_file"), mistake.Summary, text)
	return diags
}
