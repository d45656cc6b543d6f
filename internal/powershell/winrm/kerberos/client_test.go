package kerberos

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A name of the account that is not the one in its salt, as in Active Directory after a change of the name.
func TestTokenOfOtherNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, user, realm string
		defaults          []string
		want              string
	}{
		{"as stored", "aduser", realm, nil, "aduser"},
		{"other case", "ADUSER", realm, nil, "ADUSER"},
		{"other name", "upn.prefix", realm, nil, "upn.prefix"},
		{"other name, canonical", "upn.prefix", realm, []string{"canonicalize = true"}, "aduser"},
		{"other case, canonical", "ADUSER", realm, []string{"canonicalize = true"}, "aduser"},
		{"realm in lower case", "aduser", "contoso.com", nil, "aduser"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			k := &fakeKDC{aliases: []string{"upn.prefix"}, salt: realm + "oldname"}
			c := k.client(t, func(o *Options) { o.User, o.Realm = tc.user, tc.realm }, tc.defaults...)
			if _, err := c.Token(t.Context(), [16]byte{}); err != nil {
				t.Fatal(err)
			}
			if got := c.service.user.PrincipalNameString(); got != tc.want || c.service.realm != realm {
				t.Errorf("got the user %s@%s", got, c.service.realm)
			}
			if k.failures != 0 {
				t.Errorf("%d wrong passwords count", k.failures)
			}
		})
	}
}

// KDCs of Active Directory accept a realm in lower case, which krb5.conf can have too.
func TestTokenOfRealmInLowerCase(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	c := k.client(t, nil)
	c.config.realms["contoso.com"] = c.config.realms[realm]
	delete(c.config.realms, realm)
	c.options.Realm = "contoso.com"

	if _, err := c.Token(t.Context(), [16]byte{}); err != nil || c.service.realm != realm {
		t.Errorf("%v, %v", c.service, err)
	}
}

func TestTokenLogsInOnce(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	c := k.client(t, nil)

	messages, mu := map[string]bool{}, sync.Mutex{}
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			message, err := c.Token(t.Context(), [16]byte{})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			messages[string(message)] = true
		})
	}
	calls.Wait()
	if k.logins != 2 || k.tickets != 1 { // a login has two requests
		t.Errorf("%d logins, %d tickets", k.logins, k.tickets)
	}
	if len(messages) != 20 {
		t.Errorf("%d of 20 messages differ", len(messages))
	}
}

func TestTokenReplacesExpiredTickets(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x", lifetime: expiryMargin / 2}
	c := k.client(t, nil)
	for range 3 {
		if _, err := c.Token(t.Context(), [16]byte{}); err != nil {
			t.Fatal(err)
		}
	}
	if k.logins != 6 || k.tickets != 3 {
		t.Errorf("%d logins, %d tickets", k.logins, k.tickets)
	}
}

// A refusal is not repeated. An unreachable KDC is asked again.
func TestTokenRemembersRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code       int32
		remembered bool
	}{
		{1, true}, {6, true}, {12, true}, {14, true}, {18, true}, {23, true}, {24, true}, {68, true},
		{CodeUnavailable, false}, {codeSkew, false},
	} {
		k := &fakeKDC{}
		asked := 0
		k.answer = func([]byte) interface{ Marshal() ([]byte, error) } {
			asked++
			return failure(tc.code, nil)
		}
		c := k.client(t, nil)
		for range 2 {
			if _, err := c.Token(t.Context(), [16]byte{}); err == nil || IsRefusal(err) != tc.remembered {
				t.Errorf("%d: %v", tc.code, err)
			}
		}
		if remembered := asked == 1; remembered != tc.remembered {
			t.Errorf("%d: asked %d times", tc.code, asked)
		}
	}
}

func TestTokenWrongPassword(t *testing.T) {
	t.Parallel()
	for _, defaults := range [][]string{nil, {"canonicalize = true"}} {
		k := &fakeKDC{salt: "x"}
		c := k.client(t, func(o *Options) { o.Password = "wrong" }, defaults...)
		for range 3 {
			_, err := c.Token(t.Context(), [16]byte{})
			var refusal *KDCError
			if !errors.As(err, &refusal) || refusal.Code != CodeWrongPassword {
				t.Errorf("got %v", err)
			}
		}
		if k.failures != 1 {
			t.Errorf("%d wrong passwords count", k.failures)
		}
	}
}

// A KDC that accepts no password offers what it accepts instead.
func TestTokenObstacles(t *testing.T) {
	t.Parallel()
	hints := func(encryption int32) types.PAData {
		value, _ := marshal(types.ETypeInfo2{{EType: encryption, Salt: "x"}})
		return types.PAData{PADataType: 19, PADataValue: value}
	}
	timestamp, certificate := types.PAData{PADataType: 2}, types.PAData{PADataType: 16}
	fast, spake := types.PAData{PADataType: 136}, types.PAData{PADataType: 151}

	for name, tc := range map[string]struct {
		offered types.PADataSequence
		want    Obstacle
		logins  int
	}{
		"no hint":                {types.PADataSequence{fast}, NoCommonType, 1},
		"nothing":                {nil, NoCommonType, 1},
		"other type":             {types.PADataSequence{timestamp, hints(23)}, NoCommonType, 1},
		"certificate":            {types.PADataSequence{fast, certificate}, OnlyCertificates, 1},
		"certificate and hint":   {types.PADataSequence{certificate, hints(18)}, OnlyCertificates, 1},
		"certificate or other":   {types.PADataSequence{certificate, hints(18), spake}, OtherProof, 1},
		"certificate and type":   {types.PADataSequence{certificate, timestamp, hints(23)}, NoCommonType, 1},
		"SPAKE":                  {types.PADataSequence{hints(18), spake, fast}, OtherProof, 1},
		"refused proof":          {types.PADataSequence{timestamp, hints(18)}, OtherProof, 2},
		"refused proof, no hint": {types.PADataSequence{timestamp}, NoCommonType, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logins := 0
			k := &fakeKDC{answer: func([]byte) interface{ Marshal() ([]byte, error) } {
				logins++
				return failure(CodeProofRequired, tc.offered)
			}}
			c := k.client(t, nil, "permitted_enctypes = aes")
			_, err := c.Token(t.Context(), [16]byte{})

			var refusal *KDCError
			if !errors.As(err, &refusal) || refusal.Code != CodeProofRequired || refusal.Obstacle != tc.want {
				t.Errorf("got %+v, want %d", err, tc.want)
			}
			if !IsRefusal(err) || logins != tc.logins {
				t.Errorf("%d logins, %v", logins, IsRefusal(err))
			}
		})
	}
}

// The clock of this machine differs from that of the KDC, which grants the ticket.
func TestTokenSkew(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	c := k.client(t, nil)
	c.now = func() time.Time { return time.Now().Add(-6 * time.Minute) }

	var skew *SkewError
	_, err := c.Token(t.Context(), [16]byte{})
	if !errors.As(err, &skew) || skew.KDC.Sub(skew.Local) < 5*time.Minute {
		t.Errorf("got %v", err)
	}
}

// With canonicalize a KDC can name the realm of the account. Without it the realm of the user counts.
func TestTokenOfOtherRealm(t *testing.T) {
	t.Parallel()
	for _, canonicalize := range []string{"true", "false"} {
		k := &fakeKDC{salt: "x"}
		k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
			var login messages.ASReq
			if login.Unmarshal(request) != nil || login.ReqBody.Realm == realm {
				return nil
			}
			refers := failure(CodeWrongRealm, nil)
			refers.CRealm = realm
			return refers
		}
		c := k.client(t, func(o *Options) { o.Realm = "OTHER" }, "canonicalize = "+canonicalize)
		c.config.realms["OTHER"] = c.config.realms[realm]

		_, err := c.Token(t.Context(), [16]byte{})
		var refusal *KDCError
		if canonicalize == "true" && err != nil {
			t.Error(err)
		} else if canonicalize == "false" && (!errors.As(err, &refusal) || refusal.Other != realm) {
			t.Errorf("got %v", err)
		}
	}
}

// Two KDCs that refer to each other do not keep the client busy.
func TestTokenReferralLoop(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
		var ticket messages.TGSReq
		if ticket.Unmarshal(request) != nil {
			return nil
		}
		k.tickets++
		body := ticket.ReqBody
		next := map[string]string{realm: "B", "B": realm}[body.Realm]
		body.SName = grantingName(next)
		return &messages.TGSRep{KDCRepFields: k.grant(body, k.session, 8, 13)}
	}
	c := k.client(t, nil)
	c.config.realms["B"] = c.config.realms[realm]

	_, err := c.Token(t.Context(), [16]byte{})
	if err == nil || !strings.Contains(err.Error(), "more than 10 other realms") {
		t.Errorf("got %v", err)
	}
	if k.tickets != maxReferrals {
		t.Errorf("%d requests", k.tickets)
	}
}

// A call ends with its context, while it waits for the KDC and while it waits for another call.
func TestTokenEndsWithContext(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	asked, release := make(chan struct{}), make(chan struct{})
	k.answer = func([]byte) interface{ Marshal() ([]byte, error) } {
		close(asked)
		<-release
		return failure(CodeUnavailable, nil)
	}
	c := k.client(t, nil)
	cause := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())

	var calls sync.WaitGroup
	for range 2 {
		calls.Go(func() {
			if _, err := c.Token(ctx, [16]byte{}); !errors.Is(err, cause) {
				t.Errorf("got %v", err)
			}
		})
	}
	<-asked
	cancel(cause)
	calls.Wait()
	close(release)
}

// A login whose context ends after the proof of the password was sent is not repeated: the KDC may have counted it.
func TestTokenRemembersLoginWithoutAnswer(t *testing.T) {
	t.Parallel()
	k := &fakeKDC{salt: "x"}
	proven, release := make(chan struct{}), make(chan struct{})
	proofs := 0
	k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
		var login messages.ASReq
		if login.Unmarshal(request) != nil || len(login.PAData) == 0 {
			return nil
		}
		proofs++
		close(proven)
		<-release
		return failure(CodeWrongPassword, nil)
	}
	c := k.client(t, nil)
	cause := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())

	go func() { <-proven; cancel(cause) }()
	for _, ctx := range []context.Context{ctx, t.Context()} {
		if _, err := c.Token(ctx, [16]byte{}); !errors.Is(err, cause) || !IsRefusal(err) {
			t.Errorf("got %v", err)
		}
	}
	close(release)
	k.mu.Lock()
	defer k.mu.Unlock()
	if proofs != 1 {
		t.Errorf("%d logins", proofs)
	}
}
