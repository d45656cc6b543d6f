package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// ForTest is testProvider for tests outside of the package.
var ForTest = testProvider

// NewWithStore is New with another store for topology_file.
func NewWithStore(version string, open func(path string) store.Store) func() provider.Provider {
	return newWithStore(version, func(l location) store.Store { return open(l.file) })
}

// RealTerraform reports whether the tests that can run on the harness run with Terraform.
var RealTerraform = realTerraform
