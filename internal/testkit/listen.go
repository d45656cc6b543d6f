package testkit

import (
	"net"
	"sync"
	"testing"
)

// Listen accepts TCP connections on loopback and returns the address. Each connection is served in a goroutine of its
// own, and is closed afterwards. The end of the test closes the listener and all connections, and waits for serve.
func Listen(t testing.TB, serve func(net.Conn)) net.Addr {
	t.Helper()
	SkipIfShort(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		conns []net.Conn
	)
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			all.Go(func() {
				serve(conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for _, conn := range conns {
			_ = conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return listener.Addr()
}
