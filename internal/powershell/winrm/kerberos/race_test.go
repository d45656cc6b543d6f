package kerberos

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// addressOf returns the address of a listener over TCP.
func addressOf(t *testing.T, text string) address {
	t.Helper()
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		t.Fatal(err)
	}
	return address{"tcp", host, port}
}

// startSilent starts a KDC that accepts connections, reads, and never answers.
func startSilent(t *testing.T) address {
	t.Helper()
	silent := testkit.Listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	return addressOf(t, silent.String())
}

// prepend adds KDCs before that of the client.
func prepend(c *Client, addresses ...address) {
	c.config.realms[realm] = slices.Concat(addresses, c.config.realms[realm])
}

// KDCs that accept connections and do not answer delay a login only. The guard is shorter than the wait for them.
func TestTokenPastSilentKDCs(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	c := k.client(t, nil)
	c.pace = pace{time.Millisecond, time.Hour}
	prepend(c, startSilent(t), startSilent(t))

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := c.Token(ctx, [16]byte{}); err != nil {
		t.Error(err)
	}
}

// Each KDC whose answer is of no use is asked once, because the one that answers is asked first afterwards.
func TestTokenRemembersAnsweringKDC(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]interface{ Marshal() ([]byte, error) }{
		"empty": damaged{}, "other protocol": damaged("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"unavailable": failure(CodeUnavailable, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &fakeKDC{salt: "x", lifetime: expiryMargin / 2}
			c := k.client(t, nil)
			c.pace = pace{time.Hour, time.Hour}

			var asked atomic.Int32
			useless := &fakeKDC{answer: func([]byte) interface{ Marshal() ([]byte, error) } {
				asked.Add(1)
				return answer
			}}
			prepend(c, address{"tcp", "127.0.0.1", "1"}, addressOf(t, useless.start(t)))

			for range 2 {
				if _, err := c.Token(t.Context(), [16]byte{}); err != nil {
					t.Error(err)
				}
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// Two KDCs that are asked at the same time get one proof together, so that a wrong password counts once.
func TestTokenProofGoesToOneKDC(t *testing.T) {
	t.Parallel()
	k, other := &fakeKDC{salt: "x"}, &fakeKDC{salt: "x"}
	c := k.client(t, func(o *Options) { o.Password = "wrong" })
	c.pace = pace{0, time.Hour}
	prepend(c, addressOf(t, other.start(t)), startSilent(t))

	for range 3 {
		if _, err := c.Token(t.Context(), [16]byte{}); !IsRefusal(err) {
			t.Errorf("got %v", err)
		}
	}
	for _, k := range []*fakeKDC{k, other} {
		k.mu.Lock()
		defer k.mu.Unlock()
	}
	if n := k.failures + other.failures; n != 1 {
		t.Errorf("%d wrong passwords count", n)
	}
}

// The error has what each KDC did, and the end of the time is not that of a context of the caller.
func TestTokenNamesSilentKDCs(t *testing.T) {
	t.Parallel()
	silent := startSilent(t)
	garbage := addressOf(t, (&fakeKDC{answer: func([]byte) interface{ Marshal() ([]byte, error) } {
		return damaged("garbage")
	}}).start(t))

	c := (&fakeKDC{}).client(t, nil)
	c.pace = pace{time.Hour, 5 * time.Second}
	c.config.realms[realm] = []address{garbage, silent, {"", "127.0.0.1", "1"}}

	_, err := c.Token(t.Context(), [16]byte{})
	if !errors.As(err, new(*UnreachableError)) || errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	want := "no KDC of CONTOSO.COM answers: " + garbage.String() + " over TCP: the answer of the KDC is damaged; " +
		silent.String() + " over TCP: no answer; 2 more not asked within 5s"
	if !strings.Contains(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
