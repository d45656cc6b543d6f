package testkit

import (
	"fmt"
	"sync"
)

// A test asks for a capability rather than for the versions of Terraform and OpenTofu that have it.

// IsOpenTofu reports whether the command line is OpenTofu. Its messages differ from Terraform's.
func (w *Workspace) IsOpenTofu() bool {
	w.t.Helper()
	return w.version().isOpenTofu
}

// SupportsIdentity reports whether the command line supports resource identities, as Terraform and OpenTofu do since
// 1.12.
func (w *Workspace) SupportsIdentity() bool {
	w.t.Helper()
	return w.atLeast(12)
}

// SupportsQuery reports whether the command line has the query command, as Terraform does since 1.14.
func (w *Workspace) SupportsQuery() bool {
	w.t.Helper()
	return w.atLeast(14) && !w.IsOpenTofu()
}

// SupportsActions reports whether the command line supports actions, as Terraform does since 1.14.
func (w *Workspace) SupportsActions() bool {
	w.t.Helper()
	return w.atLeast(14) && !w.IsOpenTofu()
}

// SupportsFunctions reports whether the command line supports provider functions as Terraform does. OpenTofu does since
// 1.11. Earlier versions require a configuration of a provider of which only a function is used, and have no functions
// in the variables of a test.
func (w *Workspace) SupportsFunctions() bool {
	w.t.Helper()
	return !w.IsOpenTofu() || w.atLeast(11)
}

// GeneratesBlocks reports whether the command line can generate the configuration of a resource with an optional block,
// such as timeouts, that is unset. OpenTofu 1.10 crashes.
func (w *Workspace) GeneratesBlocks() bool {
	w.t.Helper()
	return !w.IsOpenTofu() || w.atLeast(11)
}

// GeneratesMaps reports whether the command line quotes map keys with dots, such as those of per_pool, in generated
// configuration. OpenTofu does not, and cannot read the result: opentofu/opentofu#3978.
func (w *Workspace) GeneratesMaps() bool {
	w.t.Helper()
	return !w.IsOpenTofu()
}

// atLeast reports whether the version of the command line is 1.minor or later.
func (w *Workspace) atLeast(minor int) bool {
	w.t.Helper()
	v := w.version()
	return v.major > 1 || v.minor >= minor
}

// cliVersion is the version of a command line.
type cliVersion struct {
	isOpenTofu   bool
	major, minor int
}

// versions caches the version of each command line by its path.
var versions struct {
	sync.Mutex
	known map[string]cliVersion
}

func (w *Workspace) version() cliVersion {
	w.t.Helper()
	versions.Lock()
	defer versions.Unlock()
	if v, ok := versions.known[w.binary]; ok {
		return v
	}
	var name string
	var v cliVersion
	output := w.MustRun("version") // such as "Terraform v1.11.4"
	if _, err := fmt.Sscanf(output, "%s v%d.%d", &name, &v.major, &v.minor); err != nil {
		w.t.Fatalf("%v\n%s", err, output)
	}
	v.isOpenTofu = name == "OpenTofu"
	if versions.known == nil {
		versions.known = map[string]cliVersion{}
	}
	versions.known[w.binary] = v
	return v
}
