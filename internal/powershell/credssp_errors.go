package powershell

import (
	"fmt"
	"strings"
)

// entryError is a session that could not be opened, or that ended before its script did.
type entryError struct {
	host   string
	facts  entryFacts
	faults []Fault
}

func (e *entryError) Error() string {
	var text strings.Builder

	if e.facts.Opened {
		fmt.Fprintf(&text, "the session that %s had opened to itself by CredSSP ended before the script did", e.host)
	} else {
		fmt.Fprintf(&text, "%s cannot open a session to itself (%s) by CredSSP", e.host, e.facts.Name)
	}

	for _, fault := range e.faults {
		text.WriteString("\n" + fault.String())
	}

	if !e.facts.Opened {
		text.WriteString("\n" + e.advice())
	}

	return text.String()
}

// The first parts of the ids that PowerShell gives to a session that does not open: a name where it has one for the code of
// WinRM, else the code (wsmerror.h) as a signed number. Which of them a host answers with in which case was not tried.
const (
	idClientOff     = "-2144108126" // ERROR_WSMAN_CLIENT_CREDSSP_AUTHENTICATION_DISABLED
	idNotDelegated  = "-2144108125" // ERROR_WSMAN_CLIENT_ALLOWFRESHCREDENTIALS
	idNotDelegated2 = "-2144108124" // ERROR_WSMAN_CLIENT_ALLOWFRESHCREDENTIALS_NTLMONLY
	idDenied        = "AccessDenied"
	idLogon         = "LogonFailure"
	idLogon2        = "AuthenticationFailed"
	idNoListener    = "CannotConnect"
	idNoService     = "CannotConnectWinRMService"
)

// advice says which setting to change, by the id of the error and by what the host says of its settings; no text decides.
func (e *entryError) advice() string {
	id := ""
	if len(e.faults) > 0 {
		id, _, _ = strings.Cut(e.faults[len(e.faults)-1].ID, ",")
	}

	var (
		client  = "Enable-WSManCredSSP -Role Client -DelegateComputer " + e.facts.Name
		service = "Enable-WSManCredSSP -Role Server"
		set     = "An administrator sets that on " + e.host + ", in an elevated PowerShell; the provider changes none of it: "
	)

	switch {
	case id == idClientOff:
		return "As a client the host does not use CredSSP. " + set + client + "."
	case id == idNotDelegated, id == idNotDelegated2:
		return "A policy does not let the host hand the password to itself. " + set + client + ", or the Group Policy \"Allow delegating fresh " +
			"credentials\" (Computer Configuration, Administrative Templates, System, Credentials Delegation) with WSMAN/" + e.facts.Name +
			"; where the host cannot be proved by Kerberos also the one \"with NTLM-only server authentication\"."
	case id == idDenied, id == idLogon, id == idLogon2:
		return "See that user (DOMAIN\\user or user@domain) and password are right and that the account is a member of Administrators or Remote " +
			"Management Users on " + e.host + "."
	case id == idNoListener, id == idNoService:
		return "WinRM does not answer on the host under its own name. See that the service runs and listens on port 5985 (winrm enumerate " +
			"winrm/config/listener) and that the name leads to the host. " + set + "Enable-PSRemoting."
	case e.facts.Client == "false" && e.facts.Service == "false":
		return "CredSSP is off on both sides. " + set + client + "; " + service + "."
	case e.facts.Client == "false":
		return "As a client the host does not use CredSSP. " + set + client + "."
	case e.facts.Service == "false":
		return "As a server the host does not take CredSSP. " + set + service + "."
	}

	return "See that CredSSP is enabled for both sides (Get-WSManCredSSP). " + set + client + "; " + service + "."
}
