package powershell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// reEnter runs another script in a session on its own host. Its data is an [entryData], its secret the password, its
// document the standard input of the other script, its value an [entryFacts]. The output of the other script comes
// before the answer. Before that is the mark "opened".
var reEnter = NewScript("re-enter", nil, embedded("re-enter"))

// entryData is the data of [reEnter].
type entryData struct {
	User string `json:"user"`
}

// entryFacts is the value of [reEnter].
type entryFacts struct {
	// Name is the name of the host as the host knows it, or empty if the script ended before the login.
	Name string `json:"name"`
	// Opened is false if the other script certainly did not run.
	Opened bool `json:"opened"`
	// Client and Service are the settings of WinRM for CredSSP, "true" or "false". They are set if the session was not
	// opened and the account may read them.
	Client  string `json:"client"`
	Service string `json:"service"`
}

// CredSSP returns a transport that runs each script in a session which the host of t opens to itself with CredSSP. Such
// a session can log in to SQL Server, Active Directory and file shares. A network login cannot, except Kerberos with
// delegation.
//
// User is DOMAIN\user or user@domain. The password is the secret of a script: it is in no text, no error, no log and no
// argument of a command, and the script in the session does not receive it. CredSSP must be enabled on the host for
// both roles; this package does not enable it.
//
// The domain controller counts each login with a wrong password, so that the transport has a [Gate]: until a session
// has opened there is one at a time, and after the refusal of one there is none.
//
// The transport ends a script as it does without CredSSP. The session then ends itself, unless the script has started
// to publish.
func CredSSP(t Transport, user, password string) Transport {
	c := &credSSP{t, user, password, NewGate()}
	if watched, ok := t.(Watched); ok {
		return &watchedCredSSP{c, watched}
	}
	return c
}

type credSSP struct {
	Transport

	user, password string
	gate           *Gate
}

// watchedCredSSP is a credSSP over a transport that passes on output.
type watchedCredSSP struct {
	*credSSP

	watched Watched
}

func (c *credSSP) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return c.enter(ctx, script, input, func(text string, stdin io.Reader, _ func([]byte)) (Output, error) {
		return c.Transport.Run(ctx, text, stdin)
	})
}

func (c *watchedCredSSP) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return c.RunWatched(ctx, script, input, func([]byte) {})
}

func (c *watchedCredSSP) RunWatched(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (Output, error) {
	return c.enter(ctx, script, input, func(text string, stdin io.Reader, login func([]byte)) (Output, error) {
		return c.watched.RunWatched(ctx, text, stdin, func(piece []byte) {
			login(piece)
			seen(piece)
		})
	})
}

// runFunc runs a script. It passes on standard output while the script runs, if the transport can do that.
type runFunc func(script string, input io.Reader, seen func([]byte)) (Output, error)

// enter runs a script through reEnter, when it is the turn of this run. It returns the output of the script without
// that of reEnter.
func (c *credSSP) enter(ctx context.Context, script string, input io.Reader, run runFunc) (Output, error) {
	inner, err := io.ReadAll(Stdin(script, input))
	if err != nil {
		return Output{}, &StartError{fmt.Errorf("read input of the script for %s: %w", c.Host(), err)}
	}
	nonce := NewID()

	stdin, err := encodeInput(reEnter, nonce, Input{
		Data: entryData{c.user}, Document: string(inner), Secret: c.password,
	})
	if err != nil {
		return Output{}, &StartError{err}
	}
	var (
		output Output
		begun  bool
	)

	// The error of the run and the result of the login differ: a script can fail after the login.
	login := c.gate.Pass(ctx, func() (login error) {
		begun = true
		output, login, err = c.runInside(nonce, stdin, run)
		return login
	})

	switch {
	case begun:
		return output, err
	case errors.As(login, new(*LoginError)):
		return Output{}, &StartError{login}
	default:
		return Output{}, &StartError{fmt.Errorf("wait for another login of %s to itself: %w", c.Host(), login)}
	}
}

// runInside runs reEnter. It returns the output and the error of the run, and what the run shows of the login: nil, a
// [*LoginError] or errNoLogin.
func (c *credSSP) runInside(nonce string, stdin io.Reader, run runFunc) (output Output, login, err error) {
	opened := newMarkFinder(nonce, markOpened)

	output, err = run(reEnter.text, stdin, func(piece []byte) {
		if opened.find(piece) {
			c.gate.Record(nil) // other runs need not wait for the end of this one
		}
	})
	got := readReply(output.Stdout, nonce)
	hasOpened := opened.found || opened.find(output.Stdout)
	login = c.unanswered(output, err, got, hasOpened)
	output.Stdout = withoutAnswer(output.Stdout, nonce)

	if err != nil || got.state != complete {
		// reEnter did not run, or its end was not observed. The output of the script is more specific than that.
		if err != nil && errors.As(login, new(*LoginError)) {
			err = fmt.Errorf("%w\n%s", err, AdviceUnanswered)
		}
		return output, login, err
	}
	var facts entryFacts
	if err := Guard(func() error { return json.Unmarshal(got.answer.Result, &facts) }); err != nil {
		return output, login, fmt.Errorf("read the session state of %s: %w", c.Host(), err)
	}
	failure := &entryError{host: c.Host(), facts: facts, faults: got.answer.Errors}

	switch {
	case !got.answer.Done && !facts.Opened && !hasOpened:
		failure.closesGate = failure.isRefusal() || failure.isUnknown() && !c.gate.HasLoggedIn()

		if failure.closesGate {
			return output, &LoginError{Err: failure}, &StartError{failure}
		}
		return output, errNoLogin, &StartError{failure}
	case !got.answer.Done || len(failure.faults) > 0:
		return output, nil, failure
	}
	return output, nil, nil
}

// errNoLogin is the result of a run that shows neither that the password is right nor that it is wrong.
var errNoLogin = errors.New("no login")

// unanswered returns the result of a login without an answer of reEnter. It is nil if the session has opened, and
// errNoLogin if the script certainly did not run. After a login has succeeded the password is right, and a lost answer
// is errNoLogin, too.
func (c *credSSP) unanswered(output Output, err error, got reply, hasOpened bool) error {
	_, _, isRefused := bootstrapRefusal(output.Stdout)
	_, hasBegun := ProcessID(output.Stdout)

	switch {
	case hasOpened:
		return nil
	case errors.As(err, new(*StartError)), got.state == absent && isRefused, err == nil && !hasBegun,
		c.gate.HasLoggedIn():
		return errNoLogin
	}
	lost := fmt.Errorf("another script on %s ended before its session by CredSSP had opened", c.Host())
	return fmt.Errorf("%w. %s", &LoginError{Err: lost, Unanswered: true}, AdviceUnanswered)
}

// markOpened is the name of the mark that reEnter writes when the session has opened.
const markOpened = "opened"

// withoutAnswer removes the output of reEnter: its mark and its answer. It finds only marks without line breaks.
func withoutAnswer(stdout []byte, nonce string) []byte {
	if before, after, ok := bytes.Cut(stdout, []byte("{lync:"+nonce+":"+markOpened+"}")); ok {
		stdout = slices.Concat(before, after)
	}
	before, rest, begins := bytes.Cut(stdout, []byte("{lync:"+nonce+":result}"))

	_, after, ends := bytes.Cut(rest, []byte("{lync:"+nonce+":end}"))
	if !begins || !ends {
		return stdout
	}
	return slices.Concat(before, after)
}
