package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// workspace is a folder in which the CLI runs with one provider, without init and without a registry.
type workspace struct {
	cli, dir string
	env      []string
}

const cliConfig = `provider_installation {
  dev_overrides {
    "registry.terraform.io/lync-iac/%[1]s" = %[2]q
    "registry.opentofu.org/lync-iac/%[1]s" = %[2]q
  }
  direct {}
}
`

const providerConfig = `terraform {
  required_providers {
    lync = { source = "lync-iac/%s" }
  }
}

provider "lync" {
  %s
}

%s`

// newWorkspace creates a workspace with a configuration. The arguments are those of the provider block.
func (c contenders) newWorkspace(with contender, arguments, config string) (*workspace, error) {
	dir, err := os.MkdirTemp(c.work, with.name+"-")
	if err != nil {
		return nil, err
	}
	w := &workspace{cli: c.cli, dir: dir}
	file := filepath.Join(dir, "cli.tfrc")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TF_") && !strings.HasPrefix(v, "LYNC_") {
			w.env = append(w.env, v)
		}
	}
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+file, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	if with.silent {
		w.env = append(w.env, "TF_LOG_SDK=off")
	}
	providers := filepath.Join(dir, "providers")
	if err := os.Mkdir(providers, 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(with.path, filepath.Join(providers, filepath.Base(with.path))); err != nil {
		return nil, err
	}
	for path, text := range map[string]string{
		file:                          fmt.Sprintf(cliConfig, with.name, providers),
		filepath.Join(dir, "main.tf"): fmt.Sprintf(providerConfig, with.name, arguments, config),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// run runs a command of the CLI and returns its cost and its output.
func (w *workspace) run(arguments ...string) (cost, string, error) {
	command := exec.CommandContext(context.Background(), w.cli, append(arguments, "-no-color")...)
	command.Dir, command.Env = w.dir, w.env
	began := time.Now()
	out, err := command.CombinedOutput()
	if err != nil {
		return cost{}, "", fmt.Errorf("%s: %w\n%s", strings.Join(arguments, " "), err, tail(string(out)))
	}
	c := costOf(command, began)
	log.Printf("%s: %s: %s CPU, %s, %d MiB", filepath.Base(w.dir), strings.Join(arguments, " "), seconds(c.cpu),
		seconds(c.wall), c.memory>>20)
	return c, string(out), nil
}

// apply creates everything, and checks how many resources that are.
func (w *workspace) apply(n int, arguments ...string) (cost, error) {
	c, out, err := w.run(append([]string{"apply", "-auto-approve"}, arguments...)...)
	want := fmt.Sprintf("Resources: %d added, 0 changed, 0 destroyed", n)
	if err == nil && !strings.Contains(out, want) {
		err = fmt.Errorf("the output of apply does not have %q\n%s", want, tail(out))
	}
	return c, err
}

// plan makes a plan, and checks that it has no changes.
func (w *workspace) plan() (cost, error) {
	c, out, err := w.run("plan")
	if err == nil && !strings.Contains(out, "No changes.") {
		err = fmt.Errorf("the plan has changes\n%s", tail(out))
	}
	return c, err
}

// tail returns the end of an output.
func tail(out string) string { return out[max(0, len(out)-3000):] }
