package testkit

import (
	"fmt"
	"sync"
)

// What the command lines differ in is asked for here, so that a test says what it needs and not which version has it.

// IsOpenTofu says whether the command line is OpenTofu, which words its messages in its own way.
func (w *Workspace) IsOpenTofu() bool {
	w.t.Helper()
	return w.version().isOpenTofu
}

// SupportsIdentity says whether the command line knows the identities of resources, as Terraform and OpenTofu do since
// 1.12.
func (w *Workspace) SupportsIdentity() bool {
	w.t.Helper()
	return w.atLeast(12)
}

// SupportsQuery says whether the command line can list what is not managed, as Terraform does since 1.14.
func (w *Workspace) SupportsQuery() bool {
	w.t.Helper()
	return w.atLeast(14) && !w.IsOpenTofu()
}

// SupportsActions says whether the command line has actions, as Terraform does since 1.14.
func (w *Workspace) SupportsActions() bool {
	w.t.Helper()
	return w.atLeast(14) && !w.IsOpenTofu()
}

// SupportsFunctions says whether the command line takes functions as Terraform does. OpenTofu does since 1.11: before, it
// wants a provider configured of which nothing but a function is used, and has no functions in the variables of a test.
func (w *Workspace) SupportsFunctions() bool {
	w.t.Helper()
	return !w.IsOpenTofu() || w.atLeast(11)
}

// GeneratesBlocks says whether the command line can generate the configuration of a resource that has no block of those
// that it may have, such as timeouts. OpenTofu 1.10 crashes.
func (w *Workspace) GeneratesBlocks() bool {
	w.t.Helper()
	return !w.IsOpenTofu() || w.atLeast(11)
}

// GeneratesMaps says whether the command line can read the configuration that it generates with names that have dots as
// the keys of a map, such as those of per_pool. OpenTofu writes them without quotes: opentofu/opentofu#3978.
func (w *Workspace) GeneratesMaps() bool {
	w.t.Helper()
	return !w.IsOpenTofu()
}

// atLeast says whether the command line is of this minor version of 1, or later.
func (w *Workspace) atLeast(want int) bool {
	w.t.Helper()
	v := w.version()
	return v.major > 1 || v.minor >= want
}

// cliVersion is the version of a command line.
type cliVersion struct {
	isOpenTofu   bool
	major, minor int
}

// versions has the version of each command line by its path, so that each is started only once for it.
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
