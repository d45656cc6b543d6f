package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// hosts are the default registries of Terraform and OpenTofu, which they add to the source "lync-iac/lync".
var hosts = []string{"registry.terraform.io", "registry.opentofu.org"}

// impliedMirror returns the folder in which Terraform and OpenTofu look for providers before they query a registry:
// https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
func impliedMirror(goos string, env func(string) string) (string, error) {
	variable, folder := "HOME", ".terraform.d"
	if goos == "windows" {
		variable, folder = "APPDATA", "terraform.d"
	}
	home := env(variable)
	if home == "" {
		return "", errors.New(variable + " is not set")
	}
	return filepath.Join(home, folder, "plugins"), nil
}

// providerPath returns the path of the provider in a mirror folder.
func providerPath(host, version, goos, goarch string) string {
	name := "terraform-provider-lync_v" + version
	if goos == "windows" {
		name += ".exe"
	}
	return filepath.Join(host, "lync-iac", "lync", version, goos+"_"+goarch, name)
}

// outcome is the result of put.
type outcome string

const (
	installed outcome = "Installed"
	changed   outcome = "Replaced"
	unchanged outcome = "Unchanged"
)

// put copies a provider to path, unless path has the same file.
func put(from, path string) (outcome, error) {
	provider, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	result := installed
	switch existing, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(existing, provider):
		return unchanged, nil
	case err == nil:
		result = changed
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	// Rename a temporary file, so that Terraform never runs a partial file. The temporary file is outside the folder,
	// because Terraform computes a checksum of the folder.
	temporary := folder + ".new"
	if err := os.WriteFile(temporary, provider, 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(temporary, path); err != nil {
		_ = os.Remove(temporary) // the error of the rename is more important
		return "", fmt.Errorf("%w (Windows cannot replace a running provider: wait for Terraform to end)", err)
	}
	return result, nil
}
