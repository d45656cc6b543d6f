package store

import (
	"fmt"
	"strings"
)

// Result describes a publish.
type Result struct {
	// Document is the stored document after the publish, nil if the store did not read it. With ErrConflict it is the
	// document of the other writer. The caller needs no Load if it is set.
	Document []byte
	// Warnings are those of the deployment and of the store, each one for the user.
	Warnings []string
	// Files are the backups and reports of the publish.
	Files []File
	// NotEnabled is the reason why the published topology is not in effect yet, nil if it is.
	NotEnabled error
	// Difference names the parts that the publish changes and that differ between the published and the stored
	// document. It is empty if there are none.
	Difference string
	// Alarm is a side effect that an administrator must see although the publish was made: *Overwrite or
	// *SimpleURLChange, nil for none.
	Alarm fmt.Stringer
}

// File is a file on the host of the store.
type File struct {
	What string // such as "backup of the previous topology"
	Path string
}

// FileList returns the files for a message, each on a line of its own. It is empty if there are none.
func (r Result) FileList() string {
	lines := make([]string, 0, len(r.Files))
	for _, file := range r.Files {
		lines = append(lines, "  "+file.What+": "+file.Path)
	}
	return strings.Join(lines, "\n")
}

// Overwrite is a publish of another administrator, made at the same time, that this publish replaced.
type Overwrite struct {
	Theirs  string // the file with the replaced topology
	Ours    string // the file with the topology that was published
	Host    string
	Restore string // the command that publishes Theirs again
	Changed string // the parts that the other administrator had changed
}

// String describes the overwrite and the cmdlets that restore either topology.
func (o *Overwrite) String() string {
	return fmt.Sprintf("the topology was published, and it overwrote a change that another administrator published "+
		"at the same time, in %s. On %s the file %s has the topology of the other administrator, and %s the one "+
		"published now. Compare the two files. To restore the topology of the other administrator and undo the "+
		"change of this run, run this command on that host:\n  %s\nTo keep the topology published now, run "+
		"Enable-CsTopology on that host if it is not in effect yet",
		o.Changed, o.Host, o.Theirs, o.Ours, o.Restore)
}

// SimpleURLChange is a change of the simple URLs by a publish.
type SimpleURLChange struct{ Before, After []string }

// String describes the change and the cmdlets that undo it.
func (c *SimpleURLChange) String() string {
	list := func(urls []string) string {
		if len(urls) == 0 {
			return "\n  none"
		}
		return "\n  " + strings.Join(urls, "\n  ")
	}
	return "the publish of the topology also changed the simple URLs. They were:" + list(c.Before) + "\nThey are now:" +
		list(c.After) + "\nRestore them with Set-CsSimpleUrlConfiguration, then run Enable-CsTopology"
}
