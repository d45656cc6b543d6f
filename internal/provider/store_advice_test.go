package provider

import (
	"errors"
	"fmt"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

func TestErrorSentences(t *testing.T) {
	t.Parallel()
	broken := errors.New("it is broken")
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"no advice", broken, "It is broken."},
		{
			"file without a known remedy", &file.Error{Action: "read x", Err: broken},
			"Cannot read x: it is broken.",
		},
		{
			"file", fmt.Errorf("a,b was not written: %w",
				&file.Error{Kind: file.NoSpace, Action: "write x", Err: broken, Unchanged: true}),
			"A,b was not written: cannot write x: it is broken. The document is unchanged. Free space or quota on " +
				"that " +
				"file system and apply again.",
		},
		{
			"several lines", &store.NotPublishedError{
				Err: &file.Error{Kind: file.Locked, Action: "lock x", Err: broken},
			},
			"Cannot lock x: it is broken\nNothing was published.\n" + fileAdvice[file.Locked],
		},
		{
			"shell", &store.NotPublishedError{Err: &shell.Error{Kind: shell.Late, Text: "the time limit passed"}},
			"The time limit passed\nNothing was published.\n" + shellAdvice[shell.Late],
		},
		{
			"refused", &store.RefusedError{Err: &shell.Error{Kind: shell.FailedOver, Text: "a is failed over"}},
			"A is failed over. " + shellAdvice[shell.FailedOver],
		},
		{
			"conflict", &publisher.Error{Name: "a,b", Err: fmt.Errorf("the file x: %w", store.ErrConflict)},
			"A,b was not written: the file x: the topology document has changed since it was read. Other programs " +
				"changed it at each attempt. Apply again when they have ended.",
		},
		{
			"unconfirmed", &publisher.Error{
				Name: "a", Stage: publisher.Unconfirmed, Err: &store.UnconfirmedError{Err: broken},
			},
			"A: whether the topology was published is unknown: it is broken. Run terraform plan when the topology " +
				"can be read again.",
		},
		{
			"alarm", &publisher.Error{Stage: publisher.Alarmed, Err: errors.New("another change was overwritten")},
			"Another change was overwritten. If you publish another topology on that host, run terraform plan " +
				"afterwards.",
		},
	} {
		if got := errorSentences(test.err); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFileAdvice(t *testing.T) {
	t.Parallel()
	for kind := file.Other + 1; kind <= file.HardLinks; kind++ {
		if fileAdvice[kind] == "" {
			t.Errorf("no advice for the kind %d", kind)
		}
	}
}

func TestShellAdvice(t *testing.T) {
	t.Parallel()
	for kind := shell.Busy; kind <= shell.NoEffect; kind++ {
		if shellAdvice[kind] == "" {
			t.Errorf("no advice for the kind %d", kind)
		}
	}
}
