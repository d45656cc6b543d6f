package powershell

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// reEnter runs another script in a session on its own host. Its data is an [entryData], its secret the password, its
// document the standard input of the other script, its value an [entryFacts]. The output of the other script comes
// before the answer.
var reEnter = NewScript("re-enter", nil, embedded("re-enter"))

// entryData is the data of [reEnter].
type entryData struct {
	User string `json:"user"`
}

// entryFacts is the value of [reEnter].
type entryFacts struct {
	// Name is the name of the host as the host knows it.
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
// The transport ends a script as it does without CredSSP. The session then ends itself, unless the script has started
// to publish.
func CredSSP(t Transport, user, password string) Transport {
	c := &credSSP{t, user, password}
	if watched, ok := t.(Watched); ok {
		return &watchedCredSSP{c, watched}
	}
	return c
}

type credSSP struct {
	Transport

	user, password string
}

// watchedCredSSP is a credSSP over a transport that passes on output.
type watchedCredSSP struct {
	*credSSP

	watched Watched
}

func (c *credSSP) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return c.enter(
		script,
		input,
		func(text string, stdin io.Reader) (Output, error) { return c.Transport.Run(ctx, text, stdin) },
	)
}

func (c *watchedCredSSP) RunWatched(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (Output, error) {
	return c.enter(script, input, func(text string, stdin io.Reader) (Output, error) {
		return c.watched.RunWatched(ctx, text, stdin, seen)
	})
}

// enter runs a script through reEnter. It returns the output of the script without the answer of reEnter.
func (c *credSSP) enter(script string, input io.Reader, run func(string, io.Reader) (Output, error)) (Output, error) {
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
	output, err := run(reEnter.text, stdin)
	got := readReply(output.Stdout, nonce)
	output.Stdout = withoutAnswer(output.Stdout, nonce)

	if err != nil || got.state != complete {
		// reEnter did not run, or its end was not observed. The output of the script is more specific than that.
		return output, err
	}
	var facts entryFacts
	if err := Guard(func() error { return json.Unmarshal(got.answer.Result, &facts) }); err != nil {
		return output, fmt.Errorf("read the session state of %s: %w", c.Host(), err)
	}
	failure := &entryError{host: c.Host(), facts: facts, faults: got.answer.Errors}

	switch {
	case !got.answer.Done && !facts.Opened:
		return output, &StartError{failure}
	case !got.answer.Done || len(failure.faults) > 0:
		return output, failure
	}
	return output, nil
}

// withoutAnswer removes an answer from output. It finds only marks without line breaks.
func withoutAnswer(stdout []byte, nonce string) []byte {
	before, rest, begins := bytes.Cut(stdout, []byte("{lync:"+nonce+":result}"))

	_, after, ends := bytes.Cut(rest, []byte("{lync:"+nonce+":end}"))
	if !begins || !ends {
		return stdout
	}
	return append(bytes.Clone(before), after...)
}
