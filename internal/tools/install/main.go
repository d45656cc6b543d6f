// Command install builds the provider and installs it into the implied local mirror directory of Terraform and
// OpenTofu, so that `terraform init` finds it without further configuration. It needs only Go:
//
//	go run ./internal/tools/install
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
	plugins := flag.String("plugins", "", "`folder` to install into (default: Terraform's implied local mirror)")
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
	defer func() { _ = os.RemoveAll(work) }() // a file left in the temporary folder does not matter
	built := filepath.Join(work, "provider")
	if err := build(ctx, built); err != nil {
		return err
	}
	fmt.Fprintf(out, "Built the provider %s from this source, for %s_%s.\n", version.Release, runtime.GOOS,
		runtime.GOARCH)
	return install(out, built, plugins)
}

// install copies a built provider into the folder plugins and prints the next steps.
func install(out io.Writer, built, plugins string) error {
	replaced := false
	for _, host := range hosts {
		path := filepath.Join(plugins, providerPath(host, version.Release, runtime.GOOS, runtime.GOARCH))
		result, err := put(built, path)
		if err != nil {
			return err
		}
		replaced = replaced || result == changed
		fmt.Fprintf(out, "%s %s\n", result, path)
	}
	fmt.Fprintf(out, nextSteps, version.Release)
	if replaced {
		fmt.Fprint(out, checksumSteps)
	}
	return nil
}

// build builds the provider. The result is reproducible: it depends only on the source, the version of Go and the
// platform. Therefore users who share a .terraform.lock.hcl can each build the provider.
func build(ctx context.Context, to string) error {
	// -buildvcs=false: git refuses to read the repository if the checkout belongs to another user.
	setVersion := "-X " + module + "/internal/version.Build=" + version.Release
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-ldflags", setVersion, "-o", to,
		module)
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

const nextSteps = `
Terraform and OpenTofu now find the provider, unless a CLI configuration (TF_CLI_CONFIG_FILE, .terraformrc or .tofurc,
on Windows terraform.rc or tofu.rc) has a provider_installation block. Add this block to a configuration:

  terraform {
    required_providers {
      lync = {
        source  = "lync-iac/lync"
        version = "%s"
      }
    }
  }

Then run: terraform init
`

const checksumSteps = `
This version of the provider was already installed, and its file has changed. If a configuration has used it, its
.terraform.lock.hcl has the old checksum, and "terraform init" fails, with -upgrade too. In this case, remove the
"provider" block with "lync-iac/lync" from .terraform.lock.hcl and run "terraform init" again.
`
