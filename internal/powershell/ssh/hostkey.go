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

// hostKeys decides whether a host is the one it should be. There is no way to leave the decision out.
type hostKeys struct {
	// pinned are the keys, and fingerprints of keys, that the configuration names. Where there are any, nothing else counts.
	pinned       []ssh.PublicKey
	fingerprints []string
	// files are in the format of known_hosts; own says that nobody named them and that they need not be there.
	files []string
	own   bool
}

// newHostKeys takes the keys of the host, one a line, or the files to find them in, or else the user's known_hosts.
func newHostKeys(pins string, files []string) (hostKeys, error) {
	var keys hostKeys

	number := 0
	// Without the text, which may be a secret in a wrong place.
	fail := func(err error) error {
		return &stepError{tried: fmt.Sprintf("read line %d of host_key", number), err: err, next: adviceHostKey}
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
			return hostKeys{}, &stepError{tried: "find the known_hosts of this user", err: err, next: adviceKnownHosts}
		}

		keys.files, keys.own = []string{filepath.Join(home, ".ssh", "known_hosts")}, true
	}

	return keys, nil
}

// checked is one decision: the key that the host showed, and what is wrong with it.
type checked struct {
	shown ssh.PublicKey
	err   error
}

// plan returns the check for one host and the algorithms to ask it for, best first. A server has keys of several types,
// and shows the one that the client asks for: asking for another than the known one would make a good host look changed.
func (h hostKeys) plan(address string) (ssh.HostKeyCallback, []string, error) {
	if len(h.files) == 0 {
		var algorithms []string
		for _, key := range h.pinned {
			algorithms = append(algorithms, algorithmsOf(key.Type())...)
		}

		if len(h.fingerprints) > 0 {
			// They do not tell their type.
			algorithms = append(algorithms, plainAlgorithms()...)
		}

		return h.checkPinned, unique(algorithms), nil
	}

	files := h.files
	if h.own {
		files = slices.DeleteFunc(slices.Clone(files), func(file string) bool {
			_, err := os.Stat(file)

			return errors.Is(err, fs.ErrNotExist)
		})
	}

	check, err := knownhosts.New(files...)
	if err != nil {
		return nil, nil, &stepError{tried: "read the known hosts", err: err, next: adviceKnownHosts}
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

	// The rest only for the text of the error.
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
		err: fmt.Errorf("ITS HOST KEY IS NOT THE PINNED ONE: it shows %s, and host_key is %s", describeKey(key),
			strings.Join(want, ", ")),
		next: adviceChanged("host_key"),
	}
}

// explain makes a text out of what known_hosts says.
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
			err: fmt.Errorf("ITS HOST KEY IS REVOKED: it shows %s, which %s, line %d, revokes", describeKey(key),
				revoked.Revoked.Filename, revoked.Revoked.Line),
			next: adviceChanged("the line"),
		}
	case !errors.As(err, &known):
		// A certificate that does not hold.
		return &stepError{tried: tried, err: fmt.Errorf("its host key %s: %w", describeKey(key), err), next: adviceKnownHosts}
	case len(known.Want) == 0:
		return &stepError{
			tried: tried,
			err:   fmt.Errorf("its host key is unknown: it shows %s, and %s has no key of this host", describeKey(key), files),
			next: fmt.Sprintf("Compare the fingerprint with the one of the host itself (there: ssh-keygen -lf on its "+
				"ssh_host_*_key.pub, on Windows in %%ProgramData%%\\ssh). Only if they are equal set host_key = %q, or add this "+
				"line to the known_hosts_file: %s", ssh.FingerprintSHA256(key), knownhosts.Line([]string{address}, key)),
		}
	}

	var want []string
	for _, line := range known.Want {
		want = append(want, fmt.Sprintf("%s (%s, line %d)", describeKey(line.Key), line.Filename, line.Line))
	}

	return &stepError{
		tried: tried,
		err:   fmt.Errorf("ITS HOST KEY HAS CHANGED: it shows %s, and known is %s", describeKey(key), strings.Join(want, ", ")),
		next:  adviceChanged("the line"),
	}
}

func adviceChanged(what string) string {
	return "Either the host was set up anew, or another machine answers in its place. Nothing was sent to it. Ask those who " +
		"run the host; change " + what + " only when they confirm the new fingerprint."
}

func describeKey(key ssh.PublicKey) string { return key.Type() + " " + ssh.FingerprintSHA256(key) }

// algorithmsOf are the algorithms that make a server show a key of a type.
func algorithmsOf(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}

	return []string{keyType}
}

// plainAlgorithms are all that are safe, in the order of OpenSSH, so that an error shows the fingerprint that ssh shows.
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

// without takes the algorithms away that lead to a key of a type.
func without(algorithms []string, keyType string) []string {
	leading := algorithmsOf(keyType)

	return slices.DeleteFunc(slices.Clone(algorithms), func(a string) bool { return slices.Contains(leading, a) })
}

// isAuthority says whether a line names an authority that signs host keys; knownhosts does not tell.
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

// noKey is a key that no host has, to ask known_hosts what it knows.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }
