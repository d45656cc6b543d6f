package powershell

import (
	"embed"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

//go:embed scripts/*.ps1
var files embed.FS

// prelude starts the text of every script.
var prelude = embedded("prelude")

// A Script is a constant PowerShell script. [NewScript] makes one.
type Script struct {
	name     string
	text     string
	refusals map[string]Refusal
}

// A Refusal describes an error with which a script ends itself (Stop-Lync in the prelude).
type Refusal struct {
	Kind Kind
	// Advice is what to do about it: one or more sentences.
	Advice string
}

// NewScript returns the script whose text is the prelude and then these parts. The last part is one call of
// Invoke-Lync, which the prelude defines. refusals has the errors with which the script ends itself, by the id of the
// error.
func NewScript(name string, refusals map[string]Refusal, parts ...string) *Script {
	return &Script{name: name, text: strings.Join(append([]string{prelude}, parts...), "\n") + "\n", refusals: refusals}
}

// String returns the name.
func (s *Script) String() string { return s.name }

// Text returns the whole text, as it is sent.
func (s *Script) Text() string { return s.text }

// embedded returns the text of a script of this package.
func embedded(name string) string {
	text, err := files.ReadFile("scripts/" + name + ".ps1")
	invariant.Check(err, "the script "+name+" is embedded")
	return string(text)
}
