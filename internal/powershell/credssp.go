package powershell

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// reEnter is the script that runs another one in a session on its own host: the data is an [entryData], the document what the
// other script gets as standard input, the value an [entryFacts]. What the other script writes comes before the answer.
const reEnter Script = "re-enter"

// entryData is the data of [reEnter].
type entryData struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// entryFacts is the value of [reEnter].
type entryFacts struct {
	// Name is what the host calls itself.
	Name string `json:"name"`
	// Opened is false as long as certainly nothing of the other script ran.
	Opened bool `json:"opened"`
	// Client and Service are CredSSP in the settings of WinRM, "true" or "false", where the host was not opened and told them.
	Client  string `json:"client"`
	Service string `json:"service"`
}

// CredSSP returns a transport that runs each script in a session which the host of t opens to itself, logged in by CredSSP.
// Such a session can go on to SQL Server, Active Directory and file shares; a login over the network cannot, but for Kerberos
// with delegation.
//
// User is DOMAIN\user or user@domain. The password travels in the data of a script: it is in no text, no error and no log, and
// the script that runs in the session does not get it. CredSSP has to be enabled on the host, for both sides, which nothing
// here does.
//
// A script is ended by the transport as without this; the session then ends itself, unless it publishes.
func CredSSP(t Transport, user, password string) Transport {
	c := &credSSP{t, entryData{user, password}}
	if watched, ok := t.(Watched); ok {
		return &watchedCredSSP{c, watched}
	}

	return c
}

type credSSP struct {
	Transport

	login entryData
}

// watchedCredSSP is one over a transport that hands out output.
type watchedCredSSP struct {
	*credSSP

	watched Watched
}

func (c *credSSP) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return c.enter(script, input, func(text string, stdin io.Reader) (Output, error) { return c.Transport.Run(ctx, text, stdin) })
}

func (c *watchedCredSSP) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error) {
	return c.enter(script, input, func(text string, stdin io.Reader) (Output, error) {
		return c.watched.RunWatched(ctx, text, stdin, seen)
	})
}

// enter runs a script through reEnter. The output is that of the script alone.
func (c *credSSP) enter(script string, input io.Reader, run func(string, io.Reader) (Output, error)) (Output, error) {
	text, err := reEnter.text()
	if err != nil {
		return Output{}, &StartError{err}
	}

	inner, err := io.ReadAll(Stdin(script, input))
	if err != nil {
		return Output{}, &StartError{fmt.Errorf("cannot read the input of the script for %s: %w", c.Host(), err)}
	}

	mark := newID()

	stdin, err := encodeInput(reEnter, mark, Input{Data: c.login, Document: string(inner)})
	if err != nil {
		return Output{}, &StartError{err}
	}

	output, err := run(text, stdin)
	found := readAnswer(output.Stdout, mark)
	output.Stdout = withoutAnswer(output.Stdout, mark)

	if err != nil || found.state != whole {
		// Either it never got that far, or its end was not seen: what there is of the script's own output tells more.
		return output, err
	}

	var facts entryFacts
	if err := json.Unmarshal(found.answer.Result, &facts); err != nil {
		return output, fmt.Errorf("cannot read what %s told of its session: %w", c.Host(), err)
	}

	failure := &entryError{host: c.Host(), facts: facts, faults: found.answer.Errors}

	switch {
	case !found.answer.Done && !facts.Opened:
		return output, &StartError{failure}
	case !found.answer.Done || len(failure.faults) > 0:
		return output, failure
	}

	return output, nil
}

// withoutAnswer takes an answer out of output, where it is not broken into lines on the way.
func withoutAnswer(stdout []byte, nonce string) []byte {
	before, rest, begins := bytes.Cut(stdout, []byte("{lync:"+nonce+":result}"))

	_, after, ends := bytes.Cut(rest, []byte("{lync:"+nonce+":end}"))
	if !begins || !ends {
		return stdout
	}

	return append(bytes.Clone(before), after...)
}

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
