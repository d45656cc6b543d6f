package winrm

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The advice for a refused login depends on what the host can have refused.
func TestAdviceUnauthorized(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		config  Config
		offered []string
		parts   []string
		not     []string
	}{
		"NTLM": {
			Config{Auth: NTLM}, []string{"Negotiate"},
			[]string{`DOMAIN\user`, "password are right", "not locked"}, nil,
		},
		"Kerberos": {
			Config{Auth: Kerberos, Host: "lync01"}, []string{"Negotiate", "Kerberos"},
			[]string{"granted a ticket", "the clock of the host", "HTTP/lync01", "computer account", "keytab"},
			[]string{`DOMAIN\user`, "password are right, that", "not locked"},
		},
		"Kerberos with a service principal": {
			Config{Auth: Kerberos, Host: "10.0.0.1", KerberosSPN: "HTTP/lync02"}, []string{"Kerberos"},
			[]string{"setspn -Q HTTP/lync02"}, []string{"10.0.0.1"},
		},
		"Kerberos is off": {
			Config{Auth: Kerberos, Host: "lync01"}, []string{"Basic"},
			[]string{`@{Kerberos="true"}`}, []string{"clock", "password"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := &Transport{config: tt.config}
			text := w.adviceRefused(&refusedError{status: http.StatusUnauthorized, offered: tt.offered})

			for _, part := range slices.Concat(tt.parts, tt.not) {
				if has := strings.Contains(text, part); has != slices.Contains(tt.parts, part) {
					t.Errorf("%q is %v in: %s", part, has, text)
				}
			}
		})
	}
}
