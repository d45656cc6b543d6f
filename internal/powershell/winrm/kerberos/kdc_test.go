package kerberos

import (
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func newCenter(addresses ...address) *center {
	return &center{realm: realm, addresses: addresses, now: time.Now, pace: pace{stagger, exchangeTime}}
}

// An answer that does not fit into a packet is requested again over TCP.
func TestAskTooBigForUDP(t *testing.T) {
	t.Parallel()
	host, port, _ := net.SplitHostPort((&fakeKDC{salt: "x"}).start(t))
	packets, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", net.JoinHostPort(host, port))
	if err != nil {
		t.Skip(err) // another program has the port
	}
	defer func() { _ = packets.Close() }()
	go func() {
		buffer := make([]byte, 4096)
		_, from, err := packets.ReadFrom(buffer)
		if err == nil {
			answer, _ := failure(CodeTooBig, nil).Marshal()
			_, _ = packets.WriteTo(answer, from)
		}
	}()
	k := newCenter(address{"udp", host, port})

	var refusal *KDCError
	if _, err := k.ask(t.Context(), []byte("noise"), true, false); !errors.As(err, &refusal) || refusal.Code != 60 {
		t.Errorf("got %v", err)
	}
	if k.chosen == nil || k.chosen.network != "tcp" {
		t.Errorf("chose %v", k.chosen)
	}
}

// The error says why TCP is needed, if the KDC accepts no connection.
func TestAskTooBigWithoutTCP(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	packets, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packets.Close() }()
	go func() {
		buffer := make([]byte, 4096)
		if _, from, err := packets.ReadFrom(buffer); err == nil {
			answer, _ := failure(CodeTooBig, nil).Marshal()
			_, _ = packets.WriteTo(answer, from)
		}
	}()
	host, port, _ := net.SplitHostPort(packets.LocalAddr().String())
	k := newCenter(address{"udp", host, port})

	_, err = k.ask(t.Context(), []byte("noise"), true, false)
	if !errors.As(err, new(*UnreachableError)) || !strings.Contains(err.Error(), "too big for UDP") {
		t.Errorf("got %v", err)
	}
}

// A request with a proof of the password goes to one KDC only.
func TestAskWithProof(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	answering := &fakeKDC{salt: "x"}
	host, port, _ := net.SplitHostPort(answering.start(t))
	closed := address{"tcp", "127.0.0.1", "1"}
	k := newCenter(closed, address{"tcp", host, port})

	if _, err := k.ask(t.Context(), []byte("noise"), true, false); !errors.As(err, new(*KDCError)) {
		t.Errorf("got %v", err)
	}
	if k.chosen.port != port {
		t.Errorf("chose %v", k.chosen)
	}
	k.addresses = []address{closed}
	k.chosen = nil
	if _, err := k.ask(t.Context(), []byte("noise"), true, false); err == nil || IsRefusal(err) ||
		!strings.Contains(err.Error(), "127.0.0.1:1 over TCP: the connection was refused") {
		t.Errorf("got %v", err)
	}
	k.chosen = &closed
	_, err := k.ask(t.Context(), []byte("noise"), true, true)
	if !errors.As(err, new(*UnreachableError)) || !IsRefusal(err) {
		t.Errorf("got %v", err)
	}
}

// The answer of the system to a packet is an error of the next operation.
func TestAskClosedPort(t *testing.T) {
	t.Parallel()

	networks := []string{"tcp"}
	if runtime.GOOS != "windows" { // there package net turns these errors off
		networks = append(networks, "udp")
	}
	for _, network := range networks {
		q := question{request: []byte("noise"), hasProof: true}
		got := q.ask(t.Context(), 0, address{network, "127.0.0.1", "1"})
		want := "127.0.0.1:1 over " + strings.ToUpper(network) + ": the connection was refused"

		if got.err == nil || got.err.Error() != want {
			t.Errorf("%v, want %s", got.err, want)
		}
	}
}
