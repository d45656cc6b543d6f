package powershell

import "strings"

// A Fault is an error record of PowerShell. Message and Causes are in the language of the host, so that no decision may
// depend on them. Category, ID and Exception do not depend on the language.
type Fault struct {
	Message string `json:"message"`
	// Category is the category of the error record, such as PermissionDenied.
	Category string `json:"category"`
	// Cmdlet is the cmdlet that the script ran. For an error outside a cmdlet it is the command that failed, or empty.
	Cmdlet string `json:"cmdlet"`
	// ID is the FullyQualifiedErrorId.
	ID string `json:"id"`
	// Exception is the .NET type of the exception. Causes has the inner exceptions with their types.
	Exception string   `json:"exception"`
	Causes    []string `json:"causes"`
	// Position is the place in the script. It contains no value, because scripts contain none.
	Position string `json:"position"`
	// Terminating is true if the error ended the command.
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
	var details []string
	for _, detail := range []string{f.ID, f.Category} {
		if detail != "" {
			details = append(details, detail)
		}
	}
	if len(details) > 0 {
		text += " (" + strings.Join(details, ", ") + ")"
	}
	return text
}
