package ntlm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// The flags that this package names (2.2.2.5).
const (
	flagUnicode       = 1 << 0
	flagRequestTarget = 1 << 2
	flagSign          = 1 << 4
	flagSeal          = 1 << 5
	flagDatagram      = 1 << 6
	flagLMKey         = 1 << 7
	flagNTLM          = 1 << 9
	flagAnonymous     = 1 << 11
	flagAlwaysSign    = 1 << 15
	flagExtended      = 1 << 19
	flagTargetInfo    = 1 << 23
	flagVersion       = 1 << 25
	flag128           = 1 << 29
	flagKeyExchange   = 1 << 30

	// flagsOffered are the flags of the NEGOTIATE message. Without flagRequestTarget some hosts send no target
	// information (3.1.5.1.1), and the answer then has no channel binding.
	flagsOffered = flagUnicode | flagRequestTarget | flagSign | flagSeal | flagNTLM | flagAlwaysSign | flagExtended |
		flagTargetInfo | flagVersion | flag128 | flagKeyExchange
)

// flagRules are the flags that a challenge must have, and those that it must not have. Each of them can weaken the
// protection of messages. Every version of Windows grants the required ones on request.
var flagRules = []struct {
	flag     uint32
	name     string
	required bool
}{
	{flagUnicode, "UNICODE", true},
	{flagSign, "SIGN", true},
	{flagSeal, "SEAL", true},
	{flagExtended, "EXTENDED_SESSIONSECURITY", true},
	{flagTargetInfo, "TARGET_INFO", true},
	{flag128, "128", true},
	{flagKeyExchange, "KEY_EXCH", true},
	{flagDatagram, "DATAGRAM", false},
	{flagLMKey, "LM_KEY", false},
	{flagAnonymous, "ANONYMOUS", false},
}

// FlagError reports that the flags of a challenge would weaken the protection of messages.
type FlagError struct {
	// Missing are the names of required flags that are not set, Refused those of refused flags that are set.
	Missing, Refused []string
}

func (e *FlagError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "lacks "+strings.Join(e.Missing, ", "))
	}
	if len(e.Refused) > 0 {
		parts = append(parts, "has "+strings.Join(e.Refused, ", "))
	}
	return "the challenge " + strings.Join(parts, " and ")
}

// challenge is a CHALLENGE message (2.2.1.2).
type challenge struct {
	flags uint32
	nonce []byte
	// info are the pairs of the target information that the answer repeats, pairFlags the value of its flags.
	info      []byte
	pairFlags uint32
	// time is the time of the host, or nil.
	time []byte
}

// The pairs of target information that this package names (2.2.2.1).
const (
	pairEnd        = 0
	pairFlags      = 6
	pairTime       = 7
	pairSingleHost = 8
	pairTarget     = 9
	pairBinding    = 10

	// pairFlagMIC announces the message integrity code of the AUTHENTICATE message.
	pairFlagMIC = 2
)

var errTooShort = errors.New("the challenge is too short")

// parseChallenge parses a challenge and checks its flags.
func parseChallenge(message []byte) (*challenge, error) {
	const infoField, head = 40, 48

	start := binary.LittleEndian.AppendUint32([]byte(signature), typeChallenge)
	if !bytes.HasPrefix(message, start) {
		return nil, errors.New("the data is not an NTLM challenge")
	}
	if len(message) < head {
		return nil, errTooShort
	}
	c := &challenge{flags: binary.LittleEndian.Uint32(message[20:]), nonce: message[24:32]}
	if err := checkFlags(c.flags); err != nil {
		return nil, err
	}
	offset := uint64(binary.LittleEndian.Uint32(message[infoField+4:]))
	end := offset + uint64(binary.LittleEndian.Uint16(message[infoField:]))
	if end > uint64(len(message)) {
		return nil, errTooShort
	}
	return c, c.parseInfo(message[offset:end])
}

// checkFlags returns a [*FlagError] unless the flags keep all rules.
func checkFlags(flags uint32) error {
	e := &FlagError{}
	for _, rule := range flagRules {
		switch isSet := flags&rule.flag != 0; {
		case rule.required && !isSet:
			e.Missing = append(e.Missing, rule.name)
		case !rule.required && isSet:
			e.Refused = append(e.Refused, rule.name)
		}
	}
	if len(e.Missing)+len(e.Refused) > 0 {
		return e
	}
	return nil
}

// parseInfo parses the target information of a challenge. It drops the pairs that only a client sets: another host
// could have put its channel binding there, to pass the login on.
func (c *challenge) parseInfo(info []byte) error {
	for len(info) >= 4 {
		id, length := binary.LittleEndian.Uint16(info), int(binary.LittleEndian.Uint16(info[2:]))
		if length > len(info)-4 {
			return errTooShort
		}
		pair, value := info[:4+length], info[4:4+length]
		info = info[4+length:]

		switch id {
		case pairEnd:
			return nil
		case pairFlags:
			if length != 4 {
				return errors.New("the flags in the target information of the challenge do not have 4 bytes")
			}
			c.pairFlags = binary.LittleEndian.Uint32(value)
			continue
		case pairSingleHost, pairTarget, pairBinding:
			continue
		case pairTime:
			if length != 8 {
				return errors.New("the time in the target information of the challenge does not have 8 bytes")
			}
			c.time = value
		}
		c.info = append(c.info, pair...)
	}
	return errors.New("the target information of the challenge has no end")
}

// targetInfo returns the target information of the answer (3.1.5.1.2): the pairs of the challenge, the announcement of
// the message integrity code, and the channel binding. Zeros mean that there is no channel.
func (c *challenge) targetInfo(binding []byte) []byte {
	info := bytes.Clone(c.info)
	info = append(info, pairFlags, 0, 4, 0)
	info = binary.LittleEndian.AppendUint32(info, c.pairFlags|pairFlagMIC)
	hash := BindingHash(binding)
	info = append(info, pairBinding, 0, 16, 0)
	info = append(info, hash[:]...)
	return append(info, pairEnd, 0, 0, 0)
}
