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

// Provider returns the path of the built provider.
func Provider(t *testing.T) string {
	t.Helper()
	SkipIfShort(t)
	provider, err := buildProvider(ModuleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// Cleanup removes the built provider, in a TestMain after the tests.
func Cleanup() {
	built.Lock()
	defer built.Unlock()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir) // a left-over in the temporary folder is no reason to fail
	}
	built.dir, built.err, built.done = "", nil, false
}

var built struct {
	sync.Mutex
	done bool
	dir  string
	err  error
}

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
			// The checkout may belong to another user, whose git repository go build would refuse to look at.
			// Without symbols the provider is linked, copied and hashed in two thirds of the time.
			build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o",
				filepath.Join(built.dir, name), ".")
			build.Dir, build.Env = root, append(os.Environ(), "GOWORK=off")
			if out, err := build.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("building the provider: %w\n%s", err, out)
			}
		}
	}
	return filepath.Join(built.dir, name), built.err
}
