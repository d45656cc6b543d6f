package winrm

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/kerberos"
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

// The advice for an error of a KDC follows what the KDC refuses.
func TestAdviceKDC(t *testing.T) {
	t.Parallel()

	const login, ticket = true, false

	for name, tt := range map[string]struct {
		err   kerberos.KDCError
		parts []string
		not   []string
	}{
		"no key of the account": {
			kerberos.KDCError{Code: kerberos.CodeProofRequired, Login: login, Obstacle: kerberos.NoCommonType},
			[]string{"has no key", "Get-ADUser admin", "msDS-SupportedEncryptionTypes", "permitted_enctypes"},
			[]string{"smart card", "certificate"},
		},
		"only certificates": {
			kerberos.KDCError{Code: kerberos.CodeProofRequired, Login: login, Obstacle: kerberos.OnlyCertificates},
			[]string{"only a certificate", "smart card", "credential cache", "msDS-SupportedEncryptionTypes"}, nil,
		},
		"another proof": {
			kerberos.KDCError{Code: kerberos.CodeProofRequired, Login: login, Obstacle: kerberos.OtherProof},
			[]string{"does not support", "credential cache"}, []string{"smart card", "enctypes"},
		},
		"no type for the login": {
			kerberos.KDCError{Code: kerberos.CodeNoCommonType, Login: login},
			[]string{"Get-ADUser admin", "default_tkt_enctypes"}, []string{"setspn", "default_tgs_enctypes"},
		},
		"no type for the ticket": {
			kerberos.KDCError{Code: kerberos.CodeNoCommonType, Login: ticket},
			[]string{"setspn -Q HTTP/lync01", "default_tgs_enctypes", "msDS-SupportedEncryptionTypes"},
			[]string{"admin", "default_tkt_enctypes"},
		},
		"unavailable": {
			kerberos.KDCError{Code: kerberos.CodeUnavailable, Login: login},
			[]string{"cannot answer now", "Try again later", "Get-Service"}, []string{"password", "setspn"},
		},
		"too big": {
			kerberos.KDCError{Code: kerberos.CodeTooBig, Login: login},
			[]string{"too big for UDP", "TCP"}, []string{"password", "setspn"},
		},
		"other realm": {
			kerberos.KDCError{Code: kerberos.CodeWrongRealm, Login: login, Realm: "A", Other: "B"},
			[]string{"in the realm B", "canonicalize = true"}, nil,
		},
		"unknown other realm": {
			kerberos.KDCError{Code: kerberos.CodeWrongRealm, Login: login, Realm: "A"},
			[]string{"not in the realm A"}, []string{"canonicalize", "in the realm ."},
		},
		"unknown realm": {
			kerberos.KDCError{Code: kerberos.CodeUnknownService, Login: login, Realm: "A"},
			[]string{"does not serve the realm A", "[realms]"}, []string{"setspn"},
		},
		"unknown service": {
			kerberos.KDCError{Code: kerberos.CodeUnknownService, Login: ticket, Realm: "A"},
			[]string{"setspn -Q HTTP/lync01", "[domain_realm]"}, nil,
		},
		"policy for the login": {
			kerberos.KDCError{Code: kerberos.CodePolicy, Login: login},
			[]string{"login of admin", "logon hours", "smart card"}, []string{"HTTP/lync01"},
		},
		"policy for the ticket": {
			kerberos.KDCError{Code: kerberos.CodePolicy, Login: ticket},
			[]string{"ticket for HTTP/lync01", "authentication policy"}, []string{"logon hours", "smart card"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := &Transport{config: Config{Auth: Kerberos, Host: "lync01", User: "admin"}}
			found := w.explainKerberos(&tt.err)
			text := strings.TrimPrefix(found.text, tt.err.Error()) + " " + found.next

			for _, part := range slices.Concat(tt.parts, tt.not) {
				if has := strings.Contains(text, part); has != slices.Contains(tt.parts, part) {
					t.Errorf("%q is %v in: %s", part, has, text)
				}
			}
		})
	}
}
