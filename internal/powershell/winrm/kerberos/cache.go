package kerberos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
)

const maxCache = 1 << 20

// cacheType matches the type before the location of a cache. A letter alone is a drive.
var cacheType = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]+):`)

// cachePath returns the path of a credential cache without its type.
func cachePath(name string) string {
	if kind := cacheType.FindString(name); strings.EqualFold(kind, "FILE:") {
		return name[len(kind):]
	}
	return name
}

// readCache returns the ticket in the credential cache that grants others.
func (c *Client) readCache() (*credential, error) {
	path := cachePath(c.options.Cache)
	if kind := cacheType.FindString(path); kind != "" {
		return nil, fmt.Errorf("use credential cache %s: only files are supported, and not caches of type %s",
			path, strings.TrimSuffix(kind, ":"))
	}
	data, err := readBounded(path, maxCache)
	if err != nil {
		return nil, fmt.Errorf("read credential cache: %w", err)
	}
	granting, err := parseCache(data)
	if err != nil {
		return nil, fmt.Errorf("use credential cache %s: %w", path, err)
	}
	return granting, nil
}

// parseCache returns the ticket that grants others for the realm of the user. The format is that of MIT krb5, in the
// versions 3 and 4. If there are several such tickets, the last one counts.
func parseCache(data []byte) (*credential, error) {
	r := &cacheReader{data: data}

	switch version := r.uint16(); {
	case r.err != nil || version>>8 != 5:
		return nil, errors.New("it is not a credential cache")
	case version == 0x0504:
		r.take(int(r.uint16())) // the header has the offset of the clock of the KDC
	case version != 0x0503:
		return nil, fmt.Errorf("it has version %d of the format, and only 3 and 4 are supported", version&0xff)
	}
	user, realm := r.principal()

	var found *credential
	for r.err == nil && len(r.data) > 0 {
		entry := r.entry(data[1] == 3)
		if r.err != nil {
			break
		}
		if entry.realm == realm && sameName(entry.server, grantingName(realm)) {
			found = &credential{key: entry.key, user: user, realm: realm, end: entry.end}
			if err := decode(entry.ticket, &found.ticket); err != nil {
				return nil, errors.New("its ticket is damaged")
			}
		}
	}
	switch {
	case r.err != nil:
		return nil, r.err
	case found == nil:
		return nil, fmt.Errorf("it has no ticket of %s that grants others", realm)
	}
	return found, nil
}

// cacheEntry is a ticket in a cache.
type cacheEntry struct {
	server types.PrincipalName
	realm  string
	key    types.EncryptionKey
	end    time.Time
	ticket []byte
}

// cacheReader reads a cache. After the end of the data it returns zeros, and err is set.
type cacheReader struct {
	data []byte
	err  error
}

func (r *cacheReader) take(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.data, r.err = nil, errors.New("it is cut off")
		return nil
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *cacheReader) uint16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *cacheReader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *cacheReader) bytes() []byte { return r.take(int(r.uint32())) }

func (r *cacheReader) principal() (name types.PrincipalName, realm string) {
	name.NameType = int32(r.uint32()) //nolint:gosec // a small number
	parts := r.uint32()
	realm = string(r.bytes())

	for i := uint32(0); i < parts && r.err == nil; i++ {
		name.NameString = append(name.NameString, string(r.bytes()))
	}
	return name, realm
}

// entry reads a ticket. In version 3 the type of the key is repeated.
func (r *cacheReader) entry(repeatsType bool) cacheEntry {
	var e cacheEntry
	r.principal() // the user
	e.server, e.realm = r.principal()
	e.key.KeyType = int32(r.uint16())
	if repeatsType {
		r.uint16()
	}
	e.key.KeyValue = r.bytes()
	r.take(8) // the times of the login and of the start
	e.end = time.Unix(int64(r.uint32()), 0)
	r.take(9) // the end of renewals, and two kinds of flags

	for range 2 { // the addresses and the authorization data
		for i, n := uint32(0), r.uint32(); i < n && r.err == nil; i++ {
			r.uint16()
			r.bytes()
		}
	}
	e.ticket = r.bytes()
	r.bytes() // a second ticket
	return e
}
