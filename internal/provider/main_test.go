package provider

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// ownStores matches the tests that do not run on the chosen deployment, because they create their own, need no store,
// or test files.
const ownStores = `^Test(Adopt|BackupService|CLICounts|CLIFaults|CLINames|CLIReadOnlySends|CLISlowStore|` +
	`CLIStepsByHand|Environment|EmptyPath|ExampleQueries|BadInput|Guides|IgnoredRules|Links|Live|ManagementShell|` +
	`MultiSite|Proof|Query|Quickstart|Rehearsal|TopologyEnabled|Trace|Troubleshooting|UnknownTopologyFile)|` +
	`^TestExamples$/^provider$`

func TestMain(m *testing.M) {
	shelld.Main()
	csmodule.Main()
	killedMain()
	// Variables of the caller must not change the result of a test. A missing CLI configuration file makes Terraform
	// print a warning with every message.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains([]string{"TF_CLI_CONFIG_FILE", "TF_LOG", "TF_CLI_ARGS"}, name) ||
			strings.HasPrefix(name, "LYNC_") {
			_ = os.Unsetenv(name) // fails only for an invalid name
		}
	}
	setenv("CHECKPOINT_DISABLE", "1")
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		for _, name := range []string{"terraform", "tofu"} {
			if found, err := exec.LookPath(name); err == nil {
				setenv("TF_ACC_TERRAFORM_PATH", found)
				break
			}
		}
	}
	// Many tests wait for a timeout of the provider and use no processor, so all of them run at the same time. Runs of
	// Terraform have their own limit.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		parallel := 128
		if stores.Chosen() == stores.PowerShell {
			parallel = 2 * runtime.GOMAXPROCS(0) // a process has 150 MB
		}
		_ = flag.Set("test.parallel", strconv.Itoa(parallel)) // the value is a number
	}
	// Terraform starts thousands of times and runs shortly, so early garbage collection has no use.
	if os.Getenv("GOGC") == "" {
		setenv("GOGC", "400")
		debug.SetGCPercent(400)
	}
	if stores.Chosen() != stores.File && flag.Lookup("test.skip").Value.String() == "" {
		_ = flag.Set("test.skip", ownStores) // it is a regular expression
	}
	if chosen := stores.Chosen(); chosen == stores.SSH || chosen == stores.WinRM {
		trace() // no user logs in to this host
	}
	code := m.Run()
	if stores.Trace != "" {
		_ = os.RemoveAll(stores.Trace) // a file that stays in the temporary folder is no failure
		fmt.Printf("%d MiB of logs, output and states were searched for secrets\n", stores.InspectedBytes()>>20)
	}
	testkit.Cleanup()
	os.Exit(code)
}

// trace makes Terraform and the provider write their most detailed logs.
func trace() {
	dir, err := os.MkdirTemp("", "trace")
	if err != nil {
		panic(err)
	}
	stores.Trace = dir
	setenv("TF_LOG", "TRACE")
	setenv("TF_LOG_PATH_MASK", filepath.Join(dir, "%s.log"))
}

func setenv(name, value string) {
	if err := os.Setenv(name, value); err != nil {
		panic(err)
	}
}
