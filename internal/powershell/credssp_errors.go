package powershell

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
)

// entryError is the error of a session that could not be opened, or that ended before its script did.
type entryError struct {
	host   string
	facts  entryFacts
	faults []Fault
	// closesGate is true if no other session is opened in this run.
	closesGate bool
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
	if e.closesGate {
		text.WriteString(" " + AdviceRefusedOnce)
	}
	return text.String()
}

// The first parts of the ids of the errors of a session that does not open. PowerShell uses a name if it has one for
// the error code of WinRM, and otherwise the code (wsmerror.h) as a signed number. These ids are from the sources of
// PowerShell and were not observed on a host.
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

// id returns the first part of the id of the last error, or an empty text.
func (e *entryError) id() string {
	if len(e.faults) == 0 {
		return ""
	}
	id, _, _ := strings.Cut(e.faults[len(e.faults)-1].ID, ",")
	return id
}

// isRefusal reports whether the error is a refusal of the credentials.
func (e *entryError) isRefusal() bool {
	switch e.id() {
	case idDenied, idLogon, idLogon2:
		return true
	default:
		return false
	}
}

// isUnknown reports whether the error may be a refusal of the credentials: the script had begun the login, and no
// setting of the host explains the error.
func (e *entryError) isUnknown() bool {
	switch e.id() {
	case idClientOff, idNotDelegated, idNotDelegated2, idNoListener, idNoService:
		return false
	default:
		return e.facts.Name != "" && e.facts.Client != "false" && e.facts.Service != "false"
	}
}

// advice returns which setting to change. It depends on the id of the error and the settings of the host, and on no
// text.
func (e *entryError) advice() string {
	name := "<full name of the host>"
	if e.facts.Name != "" {
		name = argument.PowerShell(e.facts.Name) // text of the host
	}
	var (
		id      = e.id()
		client  = "Enable-WSManCredSSP -Role Client -DelegateComputer " + name
		service = "Enable-WSManCredSSP -Role Server"
		set     = "An administrator sets that on " + e.host + " in an elevated PowerShell (the provider does not): "
	)

	switch {
	case id == idClientOff:
		return "CredSSP is disabled for the host as a client. " + set + client + "."
	case id == idNotDelegated, id == idNotDelegated2:
		return "A policy does not allow the host to send the password to itself. " + set + client +
			", or the Group Policy \"Allow delegating fresh credentials\" (Computer Configuration, Administrative " +
			"Templates, System, Credentials Delegation) with WSMAN/" + e.facts.Name +
			"; if Kerberos cannot authenticate the host, also the one \"with NTLM-only server authentication\"."
	case e.isRefusal():
		return "Check that user (DOMAIN\\user or user@domain) and password are right and that the account is a " +
			"member of Administrators or Remote Management Users on " + e.host + "."
	case id == idNoListener, id == idNoService:
		return "WinRM does not answer on the host under its own name. Check that the service runs and listens on " +
			"port 5985 (winrm enumerate winrm/config/listener) and that the name resolves to the host. " +
			set + "Enable-PSRemoting."
	case e.facts.Client == "false" && e.facts.Service == "false":
		return "CredSSP is off on both sides. " + set + client + "; " + service + "."
	case e.facts.Client == "false":
		return "CredSSP is disabled for the host as a client. " + set + client + "."
	case e.facts.Service == "false":
		return "CredSSP is disabled for the host as a server. " + set + service + "."
	}
	return "Check that CredSSP is enabled for both sides (Get-WSManCredSSP). " + set + client + "; " + service + "."
}
