package ssh

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys verifies the key of a host. The check cannot be disabled.
type hostKeys struct {
	// pinned and fingerprints are the keys of the configuration. If there are any, files are not used.
	pinned       []ssh.PublicKey
	fingerprints []string
	// files are in the format of known_hosts. isDefault is true if they are not from the configuration: they may then
	// be missing.
	files     []string
	isDefault bool
}

// newHostKeys returns the check for pins, which has one key per line, or for files. If both are empty, it uses the
// known_hosts file of the user.
func newHostKeys(pins string, files []string) (hostKeys, error) {
	var keys hostKeys

	number := 0
	// The error does not contain the line, which could be a misplaced secret.
	fail := func(err error) error {
		return &stepError{tried: fmt.Sprintf("read line %d of the pinned host key", number), err: err, kind: BadHostKey}
	}

	for line := range strings.Lines(pins) {
		number++

		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if encoded, ok := strings.CutPrefix(line, "SHA256:"); ok {
			encoded = strings.TrimRight(encoded, "=")
			if sum, err := base64.RawStdEncoding.DecodeString(encoded); err != nil || len(sum) != 32 {
				return hostKeys{}, fail(errors.New("it is not the fingerprint of a key"))
			}
			keys.fingerprints = append(keys.fingerprints, "SHA256:"+encoded)

			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return hostKeys{}, fail(errors.New("it is neither a public key nor a SHA256 fingerprint"))
		}
		keys.pinned = append(keys.pinned, key)
	}
	if len(keys.pinned)+len(keys.fingerprints) > 0 {
		return keys, nil
	}
	if strings.TrimSpace(pins) != "" {
		return hostKeys{}, fail(errors.New("it has no key"))
	}
	keys.files = files
	if len(files) == 0 {
		home, err := os.UserHomeDir()
		if err != nil {
			return hostKeys{}, &stepError{tried: "find the known_hosts of this user", err: err, kind: BadKnownHosts}
		}
		keys.files, keys.isDefault = []string{filepath.Join(home, ".ssh", "known_hosts")}, true
	}
	return keys, nil
}

// checked is a key that the host presented, and the reason why it is refused, or nil.
type checked struct {
	key ssh.PublicKey
	err error
}

// plan returns the check for one host and the algorithms to request, best first. A server has keys of several types and
// presents the type that the client requests. The type of the known key comes first, so that the key does not appear
// changed.
func (h hostKeys) plan(address string) (ssh.HostKeyCallback, []string, error) {
	if len(h.files) == 0 {
		var algorithms []string
		for _, key := range h.pinned {
			algorithms = append(algorithms, algorithmsOf(key.Type())...)
		}
		if len(h.fingerprints) > 0 {
			// A fingerprint does not contain the type of its key.
			algorithms = append(algorithms, plainAlgorithms()...)
		}
		return h.checkPinned, unique(algorithms), nil
	}
	files := h.files
	if h.isDefault {
		files = slices.DeleteFunc(slices.Clone(files), func(file string) bool {
			_, err := os.Stat(file)
			return errors.Is(err, fs.ErrNotExist)
		})
	}
	check, err := knownhosts.New(files...)
	if err != nil {
		return nil, nil, &stepError{tried: "read the known hosts", err: err, kind: BadKnownHosts}
	}
	var (
		known      *knownhosts.KeyError
		algorithms []string
	)

	if err := check(address, &net.TCPAddr{}, noKey{}); errors.As(err, &known) {
		for _, want := range known.Want {
			if isAuthority(want) {
				algorithms = append(algorithms, certificateAlgorithms()...)
			} else {
				algorithms = append(algorithms, algorithmsOf(want.Key.Type())...)
			}
		}
	}

	// The other algorithms let the error name the key of an unknown host.
	algorithms = append(algorithms, plainAlgorithms()...)
	return func(address string, remote net.Addr, key ssh.PublicKey) error {
		return h.explain(address, key, check(address, remote, key))
	}, unique(algorithms), nil
}

func (h hostKeys) checkPinned(address string, _ net.Addr, key ssh.PublicKey) error {
	if slices.Contains(h.fingerprints, ssh.FingerprintSHA256(key)) {
		return nil
	}
	for _, pinned := range h.pinned {
		if bytes.Equal(pinned.Marshal(), key.Marshal()) {
			return nil
		}
	}
	want := slices.Clone(h.fingerprints)
	for _, pinned := range h.pinned {
		want = append(want, describeKey(pinned))
	}
	return &stepError{
		tried: "trust " + address,
		err: fmt.Errorf("ITS HOST KEY IS NOT THE PINNED ONE: it presents %s, and the pinned key is %s",
			describeKey(key),
			strings.Join(want, ", ")),
		next: adviceChanged("the pinned key"),
		kind: PinnedKeyChanged,
	}
}

// explain returns the error for a key that known_hosts refuses.
func (h hostKeys) explain(address string, key ssh.PublicKey, err error) error {
	if err == nil {
		return nil
	}
	var (
		known   *knownhosts.KeyError
		revoked *knownhosts.RevokedError
		files   = strings.Join(h.files, ", ")
		tried   = "trust " + address
	)

	switch {
	case errors.As(err, &revoked):
		return &stepError{
			tried: tried,
			err: fmt.Errorf("ITS HOST KEY IS REVOKED: it presents %s, which %s, line %d, revokes", describeKey(key),
				revoked.Revoked.Filename, revoked.Revoked.Line),
			next: adviceChanged("the line"),
		}
	case !errors.As(err, &known):
		// An invalid certificate.
		return &stepError{
			tried: tried,
			err:   fmt.Errorf("its host key %s: %w", describeKey(key), err),
			kind:  BadKnownHosts,
		}
	case len(known.Want) == 0:
		return &stepError{
			tried: tried,
			err: &UnknownHostKeyError{
				Files: files, Key: describeKey(key), Fingerprint: ssh.FingerprintSHA256(key),
				Line: knownhosts.Line([]string{address}, key),
			},
			next: adviceCompare,
		}
	}
	var want []string
	for _, line := range known.Want {
		want = append(want, fmt.Sprintf("%s (%s, line %d)", describeKey(line.Key), line.Filename, line.Line))
	}
	return &stepError{
		tried: tried,
		err: fmt.Errorf("ITS HOST KEY HAS CHANGED: it presents %s, and the known key is %s", describeKey(key),
			strings.Join(want, ", ")),
		next: adviceChanged("the line"),
	}
}

// adviceChanged returns the advice for a key that is not the one of a setting or a line.
func adviceChanged(what string) string {
	return "Either the host was reinstalled, or another machine answers at its address. Nothing was sent to it. Ask " +
		"the administrators of the host; change " + what + " only if they confirm the new fingerprint."
}

// describeKey returns the type and the fingerprint of a key.
func describeKey(key ssh.PublicKey) string { return key.Type() + " " + ssh.FingerprintSHA256(key) }

// algorithmsOf returns the algorithms that make a server present a key of this type.
func algorithmsOf(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{keyType}
}

// plainAlgorithms returns all secure algorithms without certificates, in the order of OpenSSH, so that an error has the
// same fingerprint as the output of ssh.
func plainAlgorithms() []string {
	algorithms := []string{
		ssh.KeyAlgoED25519,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
	}

	for _, algorithm := range ssh.SupportedAlgorithms().HostKeys {
		if !isCertificate(algorithm) {
			algorithms = append(algorithms, algorithm)
		}
	}
	return unique(algorithms)
}

func certificateAlgorithms() []string {
	return slices.DeleteFunc(ssh.SupportedAlgorithms().HostKeys, func(a string) bool { return !isCertificate(a) })
}

func isCertificate(algorithm string) bool { return strings.Contains(algorithm, "-cert-v") }

// without returns algorithms without those that make a server present a key of this type.
func without(algorithms []string, keyType string) []string {
	removed := algorithmsOf(keyType)
	return slices.DeleteFunc(slices.Clone(algorithms), func(a string) bool { return slices.Contains(removed, a) })
}

// isAuthority reports whether a line of known_hosts names an authority that signs host keys. Package knownhosts does
// not expose that.
func isAuthority(key knownhosts.KnownKey) bool {
	file, err := os.Open(key.Filename)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()

	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		if n == key.Line {
			return strings.HasPrefix(strings.TrimSpace(lines.Text()), "@cert-authority")
		}
	}
	return false
}

func unique(texts []string) []string {
	var out []string
	for _, text := range texts {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// noKey is a key that no host has. A check of it returns the known keys.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }
