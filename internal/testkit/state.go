package testkit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// ServeState configures an http backend for the state of the workspace, served by this process. The workspace needs
// "init". Terraform writes a state file after every resource, but the state of an http backend once at the end of a
// run. With hundreds of resources, writing the file takes most of the time of an apply.
func (w *Workspace) ServeState() {
	w.t.Helper()
	server := httptest.NewServer(&stateHandler{})
	w.t.Cleanup(server.Close)
	w.Write("backend_override.tf", "terraform {\n  backend \"http\" {\n    address = \""+server.URL+"\"\n  }\n}\n")
}

// stateHandler is the server side of the http backend, without locks.
type stateHandler struct {
	mu    sync.Mutex
	state []byte // nil for none
}

func (h *stateHandler) ServeHTTP(resp http.ResponseWriter, req *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch req.Method {
	case http.MethodGet:
		if h.state == nil {
			http.NotFound(resp, req)
			return
		}
		_, _ = resp.Write(h.state) // fails only if the client has disconnected
	case http.MethodPost:
		state, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(resp, err.Error(), http.StatusBadRequest)
			return
		}
		h.state = state
	case http.MethodDelete:
		h.state = nil
	default:
		http.Error(resp, req.Method, http.StatusMethodNotAllowed)
	}
}
