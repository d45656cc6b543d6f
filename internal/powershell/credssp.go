package powershell

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// reEnter is the script that runs another one in a session on its own host: the data is an [entryData], the document what the
// other script gets as standard input, the value an [entryFacts]. What the other script writes comes before the answer.
var reEnter = NewScript("re-enter", nil, embedded("re-enter"))

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
	inner, err := io.ReadAll(Stdin(script, input))
	if err != nil {
		return Output{}, &StartError{fmt.Errorf("cannot read the input of the script for %s: %w", c.Host(), err)}
	}

	mark := NewID()

	stdin, err := encodeInput(reEnter, mark, Input{Data: c.login, Document: string(inner)})
	if err != nil {
		return Output{}, &StartError{err}
	}

	output, err := run(reEnter.text, stdin)
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
