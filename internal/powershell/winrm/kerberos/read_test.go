package kerberos

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

func TestParseTypes(t *testing.T) {
	t.Parallel()
	for list, want := range map[string][]int32{
		"aes":                          {18, 17, 20, 19},
		"AES256-CTS aes128-cts":        {18, 17},
		"rc4, arcfour-hmac, des3":      {23, 16},
		"DEFAULT -rc4":                 {18, 17, 20, 19},
		"DEFAULT +des3 -aes":           {23, 16},
		"aes256-sha2 unknown camellia": {20},
		"des-cbc-crc camellia256-cts":  nil,
		"":                             nil,
	} {
		if got := parseTypes(list); !slices.Equal(got, want) {
			t.Errorf("%q: got %d", list, got)
		}
	}
}

func TestReadAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]address{
		"dc1":             {"", "dc1", "88"},
		"dc1.contoso.com": {"", "dc1.contoso.com", "88"},
		"dc1:750":         {"", "dc1", "750"},
		"tcp/dc1":         {"tcp", "dc1", "88"},
		"udp/dc1:750":     {"udp", "dc1", "750"},
		"TCP/dc1":         {"tcp", "dc1", "88"},
		"192.0.2.1":       {"", "192.0.2.1", "88"},
		"2001:db8::1":     {"", "2001:db8::1", "88"},
		"[2001:db8::1]":   {"", "2001:db8::1", "88"},
		"[2001:db8::1]:5": {"", "2001:db8::1", "5"},
		"":                {}, "a b": {}, "a,b": {}, "a:0": {}, "a:b": {}, "a:65536": {}, "a:1:2": {}, "/run/kdc": {},
		"https://a/KdcProxy": {}, "tcp/": {}, "[a]": {}, "a*": {},
	} {
		got, err := (&relation{value: text}).readAddress()
		if isWrong := want == (address{}); isWrong != (err != nil) || !isWrong && got != want {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"300": 300 * time.Second, "5m": 5 * time.Minute, "1d": 24 * time.Hour, "0": 0, "0:00": 0,
		"1d2h3m4s": 26*time.Hour + 184*time.Second,
		"1d 2h":    26 * time.Hour, "10:30": 10*time.Hour + 30*time.Minute, "1:0:9": time.Hour + 9*time.Second,
		"": -1, "soon": -1, "1x": -1, "-5": -1, "1:2:3:4": -1, "9999999999": -1,
	} {
		got, isDuration := parseDuration(text)
		if isDuration != (want >= 0) || isDuration && got != want {
			t.Errorf("%q: got %s, %v", text, got, isDuration)
		}
	}
}

// The values that are read from a file whose syntax MIT krb5 accepts. What it skips has no effect.
func TestReadConfig(t *testing.T) {
	t.Parallel()
	known := func(c *config) any { return c.realms["A"] }
	skew := func(c *config) any { return c.skew }
	lifetime := func(c *config) any { return c.lifetime }
	canonicalize := func(c *config) any { return c.canonicalize }
	lookUp := func(c *config) any { return c.lookUp }
	defaultRealm := func(c *config) any { return c.defaultRealm }
	primary := func(c *config) any { return c.primaries["A"] }
	dc1 := []address{{"", "dc1", "88"}}
	login := func(c *config) any { return c.ticketTypes }
	tickets := func(c *config) any { return c.serviceTypes }

	for text, tc := range map[string]struct {
		get  func(*config) any
		want any
	}{
		"[libdefaults]\n clockskew = 0\n":                           {skew, 5 * time.Minute},
		"[libdefaults]\n clockskew = soon\n":                        {skew, 5 * time.Minute},
		"[libdefaults]\n clockskew = 60\n clockskew = 1\n":          {skew, time.Minute},
		"[libdefaults]\n ticket_lifetime = 0\n":                     {lifetime, 24 * time.Hour},
		"[libdefaults]\n ticket_lifetime = 1:30 # a\n":              {lifetime, 90 * time.Minute},
		"[libdefaults]\n canonicalize = perhaps\n":                  {canonicalize, false},
		"[libdefaults]\n canonicalize = ON\n":                       {canonicalize, true},
		"[libdefaults]\n dns_lookup_kdc = perhaps\n":                {lookUp, false},
		"[libdefaults]\n foo = {x}\n default_realm = A\n":           {defaultRealm, "A"},
		"[libdefaults]\n default_realm = \"A\\\"\\t\" b\n":          {defaultRealm, "A\"\t"},
		"[libdefaults]\n default_realm =\n {\n }\n":                 {defaultRealm, ""},
		"[realms]\n A = {\n  kdc = dc1":                             {known, dc1},
		"[realms]\n A = { kdc = dc1 }\n":                            {known, dc1},
		"[realms]\n A = {\n  kdc = a b\n  kdc = dc1\n }\n":          {known, dc1},
		"[realms]\n A = {\n  b = {\n   kdc = x\n }\n kdc = dc1":     {known, dc1},
		"[realms]\n A = { kdc = \"dc1\" }\n":                        {known, dc1},
		"[realms]\n A = {}\n":                                       {known, []address{}},
		"[realms]\n A = x\n":                                        {known, []address(nil)},
		"[realms]\n A = {\n  master_kdc = dc2\n primary_kdc = dc1":  {primary, dc1},
		"[realms]\n A = {\n  master_kdc = dc1\n kdc = dc2":          {primary, dc1},
		"[realms]\n A = {\n  primary_kdc = dc1\n primary_kdc = a b": {primary, dc1},
		"[libdefaults]\n permitted_enctypes = aes256-cts\n":         {tickets, []int32{18}},
		"[libdefaults]\n permitted_enctypes = aes256-cts\n" +
			" default_tkt_enctypes = rc4 aes\n": {login, []int32{18}},
		"[libdefaults]\n permitted_enctypes = aes rc4\n default_tgs_enctypes = rc4 aes256-cts\n": {
			tickets, []int32{23, 18},
		},
		"[domain_realm]\n x = {\n  a = b\n }\n x = A\n": {func(c *config) any { return c.realmOf("X") }, "A"},
	} {
		path := filepath.Join(t.TempDir(), "krb5.conf")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := readConfig(path)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := tc.get(c); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%q: got %v, want %v", text, got, tc.want)
		}
	}
}

func TestRealmOf(t *testing.T) {
	t.Parallel()
	c := &config{domains: map[string]string{"lync01.a.b": "HOST", ".a.b": "DOMAIN", "b": "PARENT"}}
	for host, want := range map[string]string{
		"lync01.a.b": "HOST", "LYNC01.A.B": "HOST", "lync02.a.b": "DOMAIN", "x.lync01.a.b": "HOST", "a.b": "PARENT",
		"c.b": "PARENT", "b": "PARENT", "other": "", "": "",
	} {
		if got := c.realmOf(host); got != want {
			t.Errorf("%q: got %q", host, got)
		}
	}
}

// cacheOf returns a credential cache of a version with the ticket that grants others, after an entry about the cache.
func cacheOf(version byte, end time.Time) []byte {
	data := []byte{5, version}
	number := func(n int) { data = binary.BigEndian.AppendUint32(data, uint32(n)) }
	text := func(s string) { number(len(s)); data = append(data, s...) }
	name := func(realm string, parts ...string) {
		number(1)
		number(len(parts))
		for _, part := range append([]string{realm}, parts...) {
			text(part)
		}
	}
	if version == 4 {
		data = append(data, 0, 12, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	name(realm, "aduser")
	ticket := messages.Ticket{
		TktVNO: 5, Realm: realm, SName: grantingName(realm), EncPart: types.EncryptedData{EType: 18},
	}
	encoded, _ := ticket.Marshal()
	for _, server := range [][]string{{"X-CACHECONF:", "krb5_ccache_conf_data", "pa_type"}, {realm, "krbtgt", realm}} {
		name(realm, "aduser")
		name(server[0], server[1:]...)
		data = append(data, 0, 18)
		if version == 3 {
			data = append(data, 0, 18)
		}
		text(strings.Repeat("k", 32))
		number(0)
		number(0)
		number(int(end.Unix()))
		number(0)
		data = append(data, 0, 0, 0, 0, 0)
		number(1)
		data = append(data, 0, 2)
		text("addr")
		number(0)
		text(string(encoded))
		text("")
	}
	return data
}

func TestParseCache(t *testing.T) {
	t.Parallel()
	end := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, version := range []byte{3, 4} {
		data := cacheOf(version, end)
		got, err := parseCache(data)
		if err != nil || !got.end.Equal(end) || got.granted() != realm || got.user.PrincipalNameString() != "aduser" {
			t.Errorf("version %d: got %+v, %v", version, got, err)
		}
		for n := range data {
			if _, err := parseCache(data[:n]); err == nil {
				t.Fatalf("version %d: accepted the first %d of %d bytes", version, n, len(data))
			}
		}
	}
	for text, want := range map[string]string{
		"": "not a credential cache", "krb5": "not a credential cache", "\x05\x02": "version 2",
		"\x05\x04\xff\xff": "cut off",
	} {
		if _, err := parseCache([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// An expired ticket in the cache is an error, until another program has renewed it.
func TestTokenOfCache(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cache")
	write := func(end time.Time) {
		if err := os.WriteFile(path, cacheOf(4, end), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	end := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	write(end)
	k := &fakeKDC{session: types.EncryptionKey{KeyType: 18, KeyValue: []byte(strings.Repeat("k", 32))}}
	c := k.client(t, func(o *Options) { o.User, o.Password, o.Realm, o.Cache = "", "", "", "FILE:"+path })

	_, err := c.Token(t.Context(), [16]byte{})
	var expired *ExpiredError
	if !errors.As(err, &expired) || !expired.End.Equal(end) || expired.Cache != path {
		t.Errorf("got %v", err)
	}
	write(time.Now().Add(time.Hour))
	if _, err := c.Token(t.Context(), [16]byte{}); err != nil {
		t.Error(err)
	}
	if k.logins != 0 || k.tickets != 1 {
		t.Errorf("%d logins, %d tickets", k.logins, k.tickets)
	}
}

func TestCachePath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"/tmp/cache": "/tmp/cache", "FILE:/tmp/cache": "/tmp/cache", "file:cache": "cache", `C:\cache`: `C:\cache`,
		`FILE:C:\cache`: `C:\cache`, "KEYRING:a": "", "DIR:/tmp": "", "KCM:": "", "MEMORY:a": "", "API:": "",
		"WRFILE:/tmp/cache": "", // a type of keytabs only, in MIT krb5 too
	} {
		c := &Client{options: Options{Cache: name}}
		_, err := c.readCache()
		isOther := err != nil && strings.Contains(err.Error(), "only files are supported")
		if got := cachePath(name); isOther != (want == "") || want != "" && got != want {
			t.Errorf("%q: got %q, %v", name, got, err)
		}
	}
}

// Nothing in an answer of a KDC panics.
func FuzzAnswer(f *testing.F) {
	k := &fakeKDC{salt: "x"}
	key, _ := deriveKey(password, "x", keyHint{encryption: 18})
	body := messages.KDCReqBody{Realm: realm, SName: grantingName(realm), CName: serviceName("aduser")}
	for _, m := range []interface{ Marshal() ([]byte, error) }{
		failure(25, types.PADataSequence{{PADataType: 2}, {PADataType: 19, PADataValue: []byte{0x30, 0}}}),
		&messages.ASRep{KDCRepFields: k.grant(body, key, 3, 11)},
		&messages.TGSRep{KDCRepFields: k.grant(body, key, 8, 13)},
	} {
		seed, err := m.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		_ = (&center{now: time.Now}).refusal(data, true, false)
		var login messages.ASRep
		if decode(data, &login) == nil {
			_, _ = decrypt(login.EncPart, key, 3)
			_, _ = readHints(login.PAData)
			_, _ = (&credential{ticket: login.Ticket, key: key}).token([16]byte{}, time.Now())
		}
		var ticket messages.TGSRep
		if decode(data, &ticket) == nil {
			_, _ = decrypt(ticket.EncPart, key, 8)
		}
		var hints types.PADataSequence
		if decode(data, &hints) == nil {
			_, _ = (&secret{accepted: defaultTypes}).proof(&KDCError{data: data}, time.Now())
		}
		_, _ = decrypt(types.EncryptedData{EType: 18, Cipher: data}, key, 3)
		rc4 := types.EncryptionKey{KeyType: 23, KeyValue: key.KeyValue[:16]}
		_, _ = decrypt(types.EncryptedData{EType: 23, Cipher: data}, rc4, 3)
	})
}

func FuzzCache(f *testing.F) {
	f.Add(cacheOf(3, time.Time{}))
	f.Add(cacheOf(4, time.Time{}))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = parseCache(data) })
}

func FuzzConfig(f *testing.F) {
	f.Add("[realms]\n A = {\n  kdc = a\n  b = {\n   c = \"d\"\n  }\n }*\n[libdefaults]\n clockskew = 1d 2h # x\n")
	f.Add("[realms]\n A = { kdc = x }\n B =\n {\n }\n[domain_realm]\n .a = A\n")
	path := filepath.Join(f.TempDir(), "krb5.conf")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "include") {
			return
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = readConfig(path)
	})
}

// The checksum of the authenticator has the length and the hash of the channel binding, and the flags of the context.
func TestChecksum(t *testing.T) {
	t.Parallel()
	binding := [16]byte{0xeb, 0xd7, 15: 0xf4}
	want := "10000000" + "ebd700000000000000000000000000f4" + "30000000"
	if got := hex.EncodeToString(checksum(binding)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
