package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// logModule finds the logger of a message: "sdk.proto" of terraform-plugin-go, "sdk.framework", or "lync" of the
// provider.
var logModule = regexp.MustCompile(`"@module":"(sdk[a-z.]*|lync[a-z.]*)"`)

// TestCLILogs applies a pair with the built provider and checks which loggers write to its standard error. Without a
// variable that asks for logs, none does.
func TestCLILogs(t *testing.T) {
	if runtime.GOOS == "windows" || stores.Chosen() != stores.File {
		t.Skip("a shell script starts the provider, and one store is enough")
	}
	all := []string{"lync", "sdk.framework", "sdk.proto"}
	for _, row := range []struct {
		variable, value string
		want            []string
	}{
		{"TF_LOG_CORE", "trace", nil},
		{"TF_LOG_PROVIDER", "error", all},
		{"TF_LOG_SDK", "off", []string{"lync"}},
	} {
		t.Run(row.variable, func(t *testing.T) {
			w := cliProcess(t, cliEstate("a b"))
			w.Setenv("TF_CLI_CONFIG_FILE", withStderr(t, w))
			w.Setenv(row.variable, row.value)
			w.Config(cliPair("ab", "a-b"))
			w.MustRun("apply", "-auto-approve")

			stderr, err := os.ReadFile(w.Path("stderr.log"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, match := range logModule.FindAllStringSubmatch(string(stderr), -1) {
				if !slices.Contains(got, match[1]) {
					got = append(got, match[1])
				}
			}
			if slices.Sort(got); !slices.Equal(got, row.want) {
				t.Errorf("the loggers %q write to standard error, want %q", got, row.want)
			}
		})
	}
}

// withStderr returns the path of a configuration of the command line. With it, the standard error of the built provider
// is appended to stderr.log in the workspace.
func withStderr(t *testing.T, w *testkit.Workspace) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "cli.tfrc")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' 2>>'%s'\n", testkit.Provider(t), w.Path("stderr.log"))
	config := fmt.Sprintf("provider_installation {\n  dev_overrides {\n"+
		"    \"registry.terraform.io/lync-iac/lync\" = %[1]q\n    \"registry.opentofu.org/lync-iac/lync\" = %[1]q\n"+
		"  }\n  direct {}\n}\n", dir)
	for path, text := range map[string]string{filepath.Join(dir, "terraform-provider-lync"): script, file: config} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return file
}
