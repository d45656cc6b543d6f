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

// Trace is the folder with the logs of all tests, empty while none are written. A TestMain sets it.
var Trace string

// inspected is how much was looked through.
var inspected atomic.Int64

// InspectedBytes is how many bytes [Deployment.Inspect] has seen.
func InspectedBytes() int64 { return inspected.Load() }

// LogFile is the file that Terraform's testing framework and its plugins write the log of a test to.
func LogFile(test string) string {
	return filepath.Join(Trace, strings.ReplaceAll(test, "/", "__")+".log")
}

// Inspect fails the test if a secret of the deployment is in a text, in any of the forms that it takes on its way.
func (d *Deployment) Inspect(what, text string) {
	d.t.Helper()
	inspected.Add(int64(len(text)))
	for _, secret := range d.Secrets {
		if form, at := FindSecret(text, secret); form != "" {
			d.t.Errorf("a secret is in %s, %s:\n%s", what, form, text[max(0, at-300):min(len(text), at+200)])
		}
	}
}

// inspectLog looks through the log of the test, and removes it.
func (d *Deployment) inspectLog() {
	path := LogFile(d.t.Name())
	log, err := os.ReadFile(path)
	if err != nil {
		return // nothing has run that writes one
	}
	d.Inspect("the log", string(log))
	_ = os.Remove(path) // they are large
}

// pieces are the parts of a secret to look for: of a password the longest part that stays as it is however often it is
// quoted, of a private key its lines, but for those that all keys share.
func pieces(secret string) []string {
	lines := strings.Split(strings.TrimSpace(secret), "\n")
	if !strings.HasPrefix(secret, "-----BEGIN ") || len(lines) < 4 {
		plain := strings.FieldsFunc(secret,
			func(r rune) bool { return r > 'z' || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		return []string{slices.MaxFunc(plain, func(a, b string) int { return len(a) - len(b) })}
	}
	return lines[2 : len(lines)-1]
}

// FindSecret looks for a secret in a text and returns the form in which it is there, empty if it is not, and where.
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
		for shift := range 3 { // where it begins within three bytes makes it another text
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
