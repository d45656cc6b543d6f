package shelld

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// credential is the credential of a session that the host opens to itself.
type credential struct {
	User     string `json:"user"`
	Password string `json:"-"`
}

// errSession is the error of a session to the host itself that has ended.
var errSession = errors.New("the session has ended")

// noHop is the error of a script whose credential does not reach SQL Server. The text is SQL Server's for such a login.
var noHop = powershelltest.Fault{
	Message: `An error occurred: "System.Data.SqlClient.SqlException" ` +
		`"Login failed for user 'NT AUTHORITY\ANONYMOUS LOGON'."`,
	Cmdlet: "Get-CsTopology", Category: "InvalidOperation",
	ID:        "ProcessingFailed,Microsoft.Rtc.Management.Deployment.GetTopologyCmdlet",
	Exception: "System.Data.SqlClient.SqlException",
}

// RequireSecondHop moves the store to another host. Only scripts in a session that the host opens to itself with this
// credential can access it.
func (s *Shell) RequireSecondHop(user, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.hop = &credential{user, password}
}

func (s *Shell) needsHop() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hop != nil
}

// enter opens the session. If the host refuses it, enter returns the host's answer, otherwise nil.
func (r *run) enter() *powershelltest.Answer {
	login := credential{Password: r.outer.Secret}
	if err := json.Unmarshal(r.outer.Data, &login); err != nil || login.User == "" || login.Password == "" {
		r.t.Errorf("a session without a credential: %v", err)
	}
	r.checkSecret(login.Password)
	r.count(func(c *Counts) { c.Passwords++ })

	r.unlessStopped(func() { r.at(Entering) })

	if r.killed != nil {
		return nil
	}
	if refused := r.logIn(login); refused != nil {
		return refused
	}
	r.count(func(c *Counts) { c.Entries++ })
	r.printMark(r.outer.Nonce, "opened")
	return nil
}

// checkSecret fails the test if anything except the secret of the outer script has the password.
func (r *run) checkSecret(password string) {
	// The text of a password in JSON can differ from it.
	quoted, err := json.Marshal(password)
	if err != nil {
		r.t.Error(err)
	}
	if strings.Contains(string(r.outer.Data), string(quoted)) {
		r.t.Error("the password is in the data of re-enter")
	}
	for name, text := range map[string]string{
		"the text of re-enter": r.outer.Text, "the text of " + r.request.Script: r.request.Text,
		"the data of " + r.request.Script: string(r.request.Data), "the secret": r.request.Secret,
	} {
		if password != "" && strings.Contains(text, password) {
			r.t.Errorf("the password is in %s", name)
		}
	}
}

// logIn returns the host's answer if it refuses the login, otherwise nil.
func (r *run) logIn(login credential) *powershelltest.Answer {
	r.mu.Lock()
	defer r.mu.Unlock()

	facts := map[string]any{"name": HostName, "opened": false}
	refuse := func(id, text string) *powershelltest.Answer {
		return &powershelltest.Answer{Failed: true, Result: facts, Faults: []powershelltest.Fault{{
			Message: text, Category: "OpenError", ID: id + ",PSSessionOpenFailed", Cmdlet: "New-PSSession",
			Exception: "System.Management.Automation.Remoting.PSRemotingTransportException", Terminating: true,
		}}}
	}

	for _, f := range r.faults {
		if f.Entry != "" {
			facts["client"], facts["service"] = f.Client, f.Service
			return refuse(f.Entry, r.text("Connecting to remote server "+HostName+" failed."))
		}
	}
	if r.hop != nil && *r.hop != login {
		return refuse("AccessDenied",
			"Connecting to remote server "+HostName+" failed with the following error message : Access is denied.")
	}
	return nil
}

// outerAnswer returns the answer of the script that opened the session.
func (r *run) outerAnswer() string {
	answer := powershelltest.Answer{Result: map[string]any{"name": HostName, "opened": true}}

	if r.killed != nil {
		answer.Faults = []powershelltest.Fault{{
			Message: "Processing data for a remote command failed.", Category: "OperationStopped", ID: "JobFailure",
			Exception: "System.Management.Automation.Remoting.PSRemotingTransportException",
		}}
	}
	return r.outer.Format(answer)
}
