package store

import (
	"fmt"
	"strings"
)

// Result describes a publish that was made.
type Result struct {
	// Document is the stored document after the publish, nil if the store did not read it. Beside ErrConflict it is the
	// document of the other writer. It saves the next Load.
	Document []byte
	// Warnings are those of the deployment and of the store, each one for the user.
	Warnings []string
	// Files are the backups and reports that the publish left.
	Files []File
	// NotEnabled is the reason why the published topology is not in effect yet, nil if it is.
	NotEnabled error
	// Difference names the parts of the stored document that the publish was to change and that differ from what was
	// published; empty for none.
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

// FileList lists the files for a message, each on a line of its own; empty for none.
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

func (o *Overwrite) String() string {
	return fmt.Sprintf("the topology was published, and it overwrote a change that another administrator published at the same time, in %s. "+
		"On %s the file %s has the topology of the other administrator, and %s the one published now. Compare the two. "+
		"To restore the other topology, which undoes the change made now, run there:\n  %s\nThen run terraform plan. "+
		"To keep what was published now, run Enable-CsTopology there if it is not in effect yet",
		o.Changed, o.Host, o.Theirs, o.Ours, o.Restore)
}

// SimpleURLChange are simple URLs that differ after a publish.
type SimpleURLChange struct{ Before, After []string }

func (c *SimpleURLChange) String() string {
	list := func(urls []string) string {
		if len(urls) == 0 {
			return "\n  none"
		}
		return "\n  " + strings.Join(urls, "\n  ")
	}
	return "the topology was published, and the simple URLs changed with it. They were:" + list(c.Before) +
		"\nThey are now:" + list(c.After) +
		"\nRestore them with Set-CsSimpleUrlConfiguration, then run Enable-CsTopology"
}
