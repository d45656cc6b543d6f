//go:build unix

package file

import (
	"encoding/binary"
	"errors"
	"io/fs"
)

// acl is a POSIX access control list. A file without one has a nil acl: its mode has all rights.
type acl []aclEntry

// aclEntry has the rights of one class of users, in the format of the extended attribute of Linux.
type aclEntry struct {
	Tag    uint16
	Rights uint16 // as one digit of a mode
	ID     uint32 // of a named user or group
}

// The tags of the entries, from linux/posix_acl.h.
const (
	aclOwner      = 0x01
	aclNamedUser  = 0x02
	aclGroup      = 0x04
	aclNamedGroup = 0x08
	aclMask       = 0x10
	aclOther      = 0x20
)

// aclVersion is the first field of the extended attribute.
const aclVersion = 2

// errACL is the error for an access control list in an unknown format.
var errACL = errors.New("the access control list has an unknown format")

// parseACL reads the value of the extended attribute. The list of an absent attribute is nil.
func parseACL(value []byte) (acl, error) {
	const header = 4
	if value == nil {
		return nil, nil
	}
	if len(value) < header || binary.LittleEndian.Uint32(value) != aclVersion {
		return nil, errACL
	}
	list := make(acl, (len(value)-header)/binary.Size(aclEntry{}))
	if n, err := binary.Decode(value[header:], binary.LittleEndian, list); err != nil || header+n != len(value) {
		return nil, errACL
	}
	return list, nil
}

// value returns the extended attribute of the list.
func (list acl) value() ([]byte, error) {
	return binary.Append(binary.LittleEndian.AppendUint32(nil, aclVersion), binary.LittleEndian, list)
}

// mode returns the permission bits that the system derives from the list: those of the group are the mask.
func (list acl) mode() fs.FileMode {
	group := list.rightsOf(aclGroup)
	if mask, masked := list.find(aclMask); masked {
		group = fs.FileMode(mask)
	}
	return list.rightsOf(aclOwner)<<6 | group<<3 | list.rightsOf(aclOther)
}

// find returns the rights of the first entry with a tag.
func (list acl) find(tag uint16) (rights uint16, found bool) {
	for _, entry := range list {
		if entry.Tag == tag {
			return entry.Rights, true
		}
	}
	return 0, false
}

func (list acl) rightsOf(tag uint16) fs.FileMode {
	rights, _ := list.find(tag)
	return fs.FileMode(rights)
}

// effective returns the rights of an entry after the mask, which limits all entries of groups and of named users.
func (list acl) effective(entry aclEntry) uint16 {
	mask, masked := list.find(aclMask)
	if masked && entry.Tag&(aclNamedUser|aclGroup|aclNamedGroup) != 0 {
		return entry.Rights & mask
	}
	return entry.Rights
}

// rights are the rights on a file. If acl is set, it has the permission bits of mode.
type rights struct {
	mode fs.FileMode
	acl  acl
}

// withoutGroup returns the rights for a file whose group is not that of the document. Members of the former group are
// then other users, and users that were others can be members of the new group. Both get only the rights that all of
// them had. A member of a named group had no other rights than those of this group, so that they count too.
func (r rights) withoutGroup() rights {
	if r.acl == nil {
		common := r.mode >> 3 & r.mode & 0o007
		return rights{mode: r.mode&^0o077 | common<<3 | common}
	}
	common := ^uint16(0)
	for _, entry := range r.acl {
		if entry.Tag&(aclGroup|aclNamedGroup|aclOther) != 0 {
			common &= r.acl.effective(entry)
		}
	}
	list := make(acl, 0, len(r.acl))
	for _, entry := range r.acl {
		if entry.Tag&(aclGroup|aclOther) != 0 {
			entry.Rights = common
		}
		list = append(list, entry)
	}
	return rights{mode: r.mode&^0o777 | list.mode(), acl: list}
}

// shared returns the rights on the lock file of a document with these rights: users who can write the document can
// read and write the lock file. Other users have no rights on it.
func (r rights) shared() rights {
	if r.acl == nil {
		writers := r.mode.Perm() & 0o022
		return rights{mode: 0o600 | writers | writers<<1}
	}
	list := make(acl, 0, len(r.acl))
	for _, entry := range r.acl {
		const read, write = 4, 2
		if entry.Tag == aclOwner || r.acl.effective(entry)&write != 0 {
			entry.Rights = read | write
		} else {
			entry.Rights = 0
		}
		list = append(list, entry)
	}
	return rights{mode: list.mode(), acl: list}
}

// letWrite reports whether a user who is not the owner can write the file, whichever groups the user is in. An entry of
// the user takes precedence over those of groups.
func (r rights) letWrite(uid int) bool {
	const write = 2
	if r.acl == nil {
		return r.mode&0o022 == 0o022
	}
	everyone := true
	for _, entry := range r.acl {
		canWrite := r.acl.effective(entry)&write != 0
		switch {
		case entry.Tag == aclNamedUser && int(entry.ID) == uid:
			return canWrite
		case entry.Tag&(aclGroup|aclNamedGroup|aclOther) != 0:
			everyone = everyone && canWrite
		}
	}
	return everyone
}
