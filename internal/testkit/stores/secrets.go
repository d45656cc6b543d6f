package stores

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf16"
)

// Trace is the folder of the tests' logs, or empty if the tests write no logs. A TestMain sets it.
var Trace string

var inspected atomic.Int64

// InspectedBytes returns the number of bytes that [Deployment.Inspect] has searched.
func InspectedBytes() int64 { return inspected.Load() }

// LogFile returns the path of the log of a test. Terraform's testing framework and its plugins write it.
func LogFile(test string) string {
	return filepath.Join(Trace, strings.ReplaceAll(test, "/", "__")+".log")
}

// Inspect fails the test if text contains a secret of the deployment in any encoding that the transports use. name
// describes the text.
func (d *Deployment) Inspect(name, text string) {
	d.t.Helper()
	inspected.Add(int64(len(text)))
	for _, secret := range d.Secrets {
		if form, at := FindSecret(text, secret); form != "" {
			d.t.Errorf("a secret is in %s, %s:\n%s", name, form, text[max(0, at-300):min(len(text), at+200)])
		}
	}
}

// inspectLog searches the log of the test and removes it.
func (d *Deployment) inspectLog() {
	path := LogFile(d.t.Name())
	log, err := os.ReadFile(path)
	if err != nil {
		return // the test has written no log
	}
	d.Inspect("the log", string(log))
	_ = os.Remove(path) // logs are large
}

// pieces returns the parts of a secret to search for: the longest part of a password that quoting does not change, or
// the lines of a private key except those that all keys have.
func pieces(secret string) []string {
	lines := strings.Split(strings.TrimSpace(secret), "\n")
	if !strings.HasPrefix(secret, "-----BEGIN ") || len(lines) < 4 {
		plain := strings.FieldsFunc(secret,
			func(r rune) bool { return r > 'z' || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		return []string{slices.MaxFunc(plain, func(a, b string) int { return len(a) - len(b) })}
	}
	return lines[2 : len(lines)-1]
}

// FindSecret searches text for a secret. It returns the encoding and the offset of the first match. form is empty if
// text does not contain the secret.
func FindSecret(text, secret string) (form string, at int) {
	for _, piece := range pieces(secret) {
		if form, at = find(text, piece); form != "" {
			break
		}
	}
	return form, at
}

func find(text, secret string) (form string, at int) {
	forms := map[string]string{"clear": secret, "quoted": strings.Trim(fmt.Sprintf("%q", secret), `"`)}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	forms["UTF-16"] = string(wide)
	for of, raw := range map[string][]byte{"UTF-8": []byte(secret), "UTF-16": wide} {
		for shift := range 3 { // Base64 depends on the offset modulo 3
			encoded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), raw...))
			forms[fmt.Sprintf("base64 of %s, %d", of, shift)] = encoded[(shift*8+5)/6 : len(encoded)-4]
		}
		forms["hexadecimal of "+of] = fmt.Sprintf("%x", raw)
	}
	for form, found := range forms {
		if at := strings.Index(text, found); at >= 0 {
			return form, at
		}
	}
	return "", 0
}
