package testkit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// given is the path of a provider that was built before, for a machine without Go. It is a variable because a TestMain
// may remove the environment variable before a test runs.
var given = os.Getenv("LYNC_TEST_PROVIDER")

// Provider returns the path of the built provider: LYNC_TEST_PROVIDER, else that of a build of this module.
func Provider(t *testing.T) string {
	t.Helper()
	SkipIfShort(t)
	if given != "" {
		return given
	}
	provider, err := buildProvider(ModuleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// Cleanup removes the built provider. A TestMain calls it after the tests.
func Cleanup() {
	built.Lock()
	defer built.Unlock()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir) // a file left in the temporary folder does not matter
	}
	built.dir, built.err, built.done = "", nil, false
}

// built is the provider of this process, or the error of its build.
var built struct {
	sync.Mutex
	done bool
	dir  string
	err  error
}

// buildProvider builds the provider from the module in root, once, and returns its path.
func buildProvider(root string) (string, error) {
	built.Lock()
	defer built.Unlock()
	name := "terraform-provider-lync"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if !built.done {
		built.done = true
		if built.dir, built.err = os.MkdirTemp("", "lync-testkit-"); built.err == nil {
			ctx, cancel := context.WithTimeout(context.Background(), 2*runLimit)
			defer cancel()
			// -buildvcs=false: git refuses to read the repository if the checkout belongs to another user.
			// -s -w: without symbols, linking, copying and hashing take two thirds of the time.
			build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o",
				filepath.Join(built.dir, name), ".")
			build.Dir, build.Env = root, append(os.Environ(), "GOWORK=off")
			if out, err := build.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("build provider: %w\n%s", err, out)
			}
		}
	}
	return filepath.Join(built.dir, name), built.err
}
