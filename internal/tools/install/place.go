package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// hosts are the registries that Terraform and OpenTofu take "lync-iac/lync" to be of.
var hosts = []string{"registry.terraform.io", "registry.opentofu.org"}

// impliedMirror returns the folder in which Terraform and OpenTofu look for providers before they ask a registry:
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

// providerPath returns the path of the provider in such a folder.
func providerPath(host, version, goos, goarch string) string {
	name := "terraform-provider-lync_v" + version
	if goos == "windows" {
		name += ".exe"
	}
	return filepath.Join(host, "lync-iac", "lync", version, goos+"_"+goarch, name)
}

// outcome is what putting a file in its place came to.
type outcome string

const (
	installed outcome = "Installed"
	changed   outcome = "Replaced"
	unchanged outcome = "Unchanged"
)

// put copies a provider to its path, unless it is there.
func put(from, path string) (outcome, error) {
	provider, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	did := installed
	switch there, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(there, provider):
		return unchanged, nil
	case err == nil:
		did = changed
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	// Made beside the folder, of which Terraform takes a checksum, and renamed, so that nobody ever runs half a file.
	making := folder + ".new"
	if err := os.WriteFile(making, provider, 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(making, path); err != nil {
		_ = os.Remove(making) // what matters is why it could not be renamed
		return "",
			fmt.Errorf("%w (a provider that is running cannot be replaced on Windows: wait for Terraform to end)", err)
	}
	return did, nil
}
