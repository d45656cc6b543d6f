// Command install builds the provider and puts it where Terraform and OpenTofu look for providers without being told,
// so that a plain `terraform init` finds it. It needs nothing but Go, on Windows too: go run ./internal/tools/install
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

const module = "github.com/lync-iac/terraform-provider-lync"

func main() {
	log.SetFlags(0)
	plugins := flag.String("plugins", "", "folder to install into, instead of the one in which Terraform looks")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *plugins); err != nil {
		log.Fatal("install: ", err)
	}
}

func run(ctx context.Context, out io.Writer, plugins string) error {
	if plugins == "" {
		var err error
		if plugins, err = impliedMirror(runtime.GOOS, os.Getenv); err != nil {
			return err
		}
	}
	work, err := os.MkdirTemp("", "lync-install-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // a left-over in the temporary folder is no reason to fail
	built := filepath.Join(work, "provider")
	if err := build(ctx, built); err != nil {
		return err
	}
	fmt.Fprintf(out, "Built the provider %s from this source, for %s_%s.\n", version.Release, runtime.GOOS, runtime.GOARCH)
	return install(out, built, plugins)
}

// install puts a built provider into its places and says what to do next.
func install(out io.Writer, built, plugins string) error {
	replaced := false
	for _, host := range hosts {
		path := filepath.Join(plugins, providerPath(host, version.Release, runtime.GOOS, runtime.GOARCH))
		did, err := put(built, path)
		if err != nil {
			return err
		}
		replaced = replaced || did == changed
		fmt.Fprintf(out, "%s %s\n", did, path)
	}
	fmt.Fprintf(out, next, version.Release)
	if replaced {
		fmt.Fprint(out, relock)
	}
	return nil
}

// build builds the provider. The same source and the same Go make the same file, in whatever folder and on whatever
// machine, so that people who share a .terraform.lock.hcl can each build their own.
func build(ctx context.Context, to string) error {
	// The checkout may belong to another user, whose git repository go build would refuse to look at.
	setVersion := "-X " + module + "/internal/version.Build=" + version.Release
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", setVersion, "-o", to, module)
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

const next = `
Terraform and OpenTofu now find it by themselves, unless a CLI configuration (TF_CLI_CONFIG_FILE, .terraformrc or
.tofurc, on Windows terraform.rc or tofu.rc) has a provider_installation block. In a configuration, say

  terraform {
    required_providers {
      lync = {
        source  = "lync-iac/lync"
        version = "%s"
      }
    }
  }

and run: terraform init
`

const relock = `
The provider was there already in this version and has changed. A configuration that has used it keeps its checksum in
.terraform.lock.hcl, and "terraform init" refuses another one, with -upgrade too. There, take the block "provider" with
"lync-iac/lync" out of .terraform.lock.hcl, then run "terraform init" again.
`
