package powershell

import "strings"

// A Fault is an error as PowerShell told it. Message and Causes are in the language of the host, and no decision may rest on
// them; Category, ID and Exception are not.
type Fault struct {
	Message string `json:"message"`
	// Category is PowerShell's, such as PermissionDenied.
	Category string `json:"category"`
	// Cmdlet is the command that failed, if one did.
	Cmdlet string `json:"cmdlet"`
	// ID is the FullyQualifiedErrorId.
	ID string `json:"id"`
	// Exception is the .NET type, Causes are the exceptions inside with their types.
	Exception string   `json:"exception"`
	Causes    []string `json:"causes"`
	// Position is where in the script. Scripts hold no values, so it holds none.
	Position string `json:"position"`
	// Terminating is an error that ended the command.
	Terminating bool `json:"terminating"`
}

func (f Fault) String() string {
	text := strings.TrimSpace(f.Message)
	if f.Cmdlet != "" {
		text = f.Cmdlet + ": " + text
	}

	for _, cause := range f.Causes {
		text += "\n  caused by " + cause
	}

	var about []string
	for _, part := range []string{f.ID, f.Category} {
		if part != "" {
			about = append(about, part)
		}
	}

	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}

	return text
}
