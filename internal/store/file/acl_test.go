//go:build unix

package file

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"testing"
)

// fullACL has an entry of each kind. The mask limits the groups and the named users.
var fullACL = acl{
	{aclOwner, 6, noID}, {aclNamedUser, 7, 1001}, {aclGroup, 6, noID}, {aclNamedGroup, 4, 2001}, {aclMask, 6, noID},
	{aclOther, 4, noID},
}

// noID is the field of an entry without a name.
const noID = ^uint32(0)

// plainACL returns the list of a file with named users and groups, whose mask does not limit them.
func plainACL(owner, group, other uint16, named ...aclEntry) acl {
	list := acl{{aclOwner, owner, noID}, {aclGroup, group, noID}, {aclMask, 7, noID}, {aclOther, other, noID}}
	list = append(list, named...)
	slices.SortStableFunc(list, func(a, b aclEntry) int { return int(a.Tag) - int(b.Tag) })
	return list
}

func TestACLIsReadAndWritten(t *testing.T) {
	t.Parallel()

	value := []byte{
		2, 0, 0, 0,
		1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
		2, 0, 7, 0, 0xe9, 0x03, 0, 0,
		4, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
		8, 0, 4, 0, 0xd1, 0x07, 0, 0,
		0x10, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
		0x20, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
	}
	list, err := parseACL(value)
	if err != nil || !slices.Equal(list, fullACL) {
		t.Errorf("parseACL returns %v, %v", list, err)
	}
	if got, err := list.value(); err != nil || !bytes.Equal(got, value) {
		t.Errorf("value returns %v, %v", got, err)
	}
	if got := list.mode(); got != 0o664 {
		t.Errorf("the mode is %v, want 0664", got)
	}
	if list, err := parseACL(nil); list != nil || err != nil {
		t.Errorf("without the attribute, parseACL returns %v, %v", list, err)
	}
	for _, bad := range [][]byte{{}, {2, 0}, {3, 0, 0, 0}, value[:len(value)-1], append(value, 0)} {
		if _, err := parseACL(bad); !errors.Is(err, errACL) {
			t.Errorf("parseACL(%v) returns %v", bad, err)
		}
	}
}

func TestWithoutGroup(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name       string
		have, want rights
	}{
		{"private", rights{mode: 0o600}, rights{mode: 0o600}},
		{"group", rights{mode: 0o660}, rights{mode: 0o600}},
		{"group, and all read", rights{mode: 0o664}, rights{mode: 0o644}},
		{"all", rights{mode: 0o666}, rights{mode: 0o666}},
		// The members of the former group would be others.
		{"all but the group", rights{mode: 0o604}, rights{mode: 0o600}},
		{
			"list", rights{acl: plainACL(6, 6, 4, aclEntry{aclNamedUser, 6, 1}, aclEntry{aclNamedGroup, 6, 1})},
			rights{
				mode: 0o674,
				acl:  plainACL(6, 4, 4, aclEntry{aclNamedUser, 6, 1}, aclEntry{aclNamedGroup, 6, 1}),
			},
		},
		{
			"list that excludes a group", rights{acl: plainACL(6, 4, 4, aclEntry{aclNamedGroup, 0, 1})},
			rights{mode: 0o670, acl: plainACL(6, 0, 0, aclEntry{aclNamedGroup, 0, 1})},
		},
		{
			"list with a mask", rights{acl: acl{
				{aclOwner, 6, noID}, {aclGroup, 6, noID}, {aclMask, 0, noID}, {aclOther, 4, noID},
			}},
			rights{mode: 0o600, acl: acl{
				{aclOwner, 6, noID}, {aclGroup, 0, noID}, {aclMask, 0, noID}, {aclOther, 0, noID},
			}},
		},
	} {
		got := tc.have.withoutGroup()
		if got.mode != tc.want.mode || !slices.Equal(got.acl, tc.want.acl) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestLetWrite(t *testing.T) {
	t.Parallel()

	const user = 1001
	for name, tc := range map[string]struct {
		rights rights
		want   bool
	}{
		"the owner alone":             {rights{mode: 0o644}, false},
		"a group":                     {rights{mode: 0o664}, false},
		"all users but a group":       {rights{mode: 0o606}, false},
		"all users":                   {rights{mode: 0o666}, true},
		"all users, in a list":        {rights{acl: plainACL(6, 6, 6)}, true},
		"a group, in a list":          {rights{acl: plainACL(6, 6, 4)}, false},
		"all users but a named group": {rights{acl: plainACL(6, 6, 6, aclEntry{aclNamedGroup, 4, 2001})}, false},
		"the user":                    {rights{acl: plainACL(6, 4, 4, aclEntry{aclNamedUser, 6, user})}, true},
		"another user":                {rights{acl: plainACL(6, 4, 4, aclEntry{aclNamedUser, 6, user + 1})}, false},
		"all users but the user":      {rights{acl: plainACL(6, 6, 6, aclEntry{aclNamedUser, 4, user})}, false},
	} {
		if got := tc.rights.letWrite(user); got != tc.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
	limited := plainACL(6, 4, 4, aclEntry{aclNamedUser, 6, user})
	for i := range limited {
		if limited[i].Tag == aclMask {
			limited[i].Rights = 4
		}
	}
	if (rights{acl: limited}).letWrite(user) {
		t.Error("the mask does not limit the user")
	}
}

func TestSharedRights(t *testing.T) {
	t.Parallel()

	for mode, want := range map[fs.FileMode]fs.FileMode{
		0o600: 0o600, 0o644: 0o600, 0o664: 0o660, 0o666: 0o666, 0o622: 0o666, fs.ModeSetgid | 0o664: 0o660,
	} {
		if got := (rights{mode: mode}).shared(); got.mode != want || got.acl != nil {
			t.Errorf("%v: got %v, want %v", mode, got, want)
		}
	}
	want := acl{
		{aclOwner, 6, noID}, {aclNamedUser, 6, 1001}, {aclGroup, 6, noID}, {aclNamedGroup, 0, 2001},
		{aclMask, 6, noID}, {aclOther, 0, noID},
	}
	if got := (rights{acl: fullACL}).shared(); got.mode != 0o660 || !slices.Equal(got.acl, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
