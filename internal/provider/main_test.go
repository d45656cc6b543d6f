package provider

import (
	"flag"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

func TestMain(m *testing.M) {
	shelld.Main()
	// What the caller's shell has set must not change what a test sees: a missing CLI configuration file makes
	// Terraform print a warning with every message.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains([]string{"TF_CLI_CONFIG_FILE", "TF_LOG", "TF_CLI_ARGS"}, name) || strings.HasPrefix(name, "LYNC_") {
			_ = os.Unsetenv(name) // fails on a name that no system takes
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
	// Many tests wait for what does not come: more of them than processors can run at a time.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", "8") // the value is a number
	}
	// Terraform is started thousands of times and never lives long: collecting its garbage early is work for nothing.
	if os.Getenv("GOGC") == "" {
		setenv("GOGC", "400")
		debug.SetGCPercent(400)
	}
	code := m.Run()
	testkit.Cleanup()
	os.Exit(code)
}

func setenv(name, value string) {
	if err := os.Setenv(name, value); err != nil {
		panic(err)
	}
}
