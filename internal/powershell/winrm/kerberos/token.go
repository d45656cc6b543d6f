package kerberos

import (
	"encoding/binary"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// token returns the first message of SPNEGO, with an AP-REQ for the service of c (RFC 4121 4.1).
func (c *credential) token(binding [16]byte, now time.Time) (message []byte, err error) {
	defer recovered(&err)

	request, err := c.apRequest(types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: checksum(binding)}, now)
	if err != nil {
		return nil, err
	}
	mechanism, err := marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		return nil, err
	}
	inner := append(append(mechanism, 1, 0), request...) // 1, 0 identifies an AP-REQ

	outer := spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{
		MechTypes:      []asn1.ObjectIdentifier{gssapi.OIDKRB5.OID()},
		MechTokenBytes: asn1tools.AddASNAppTag(inner, 0),
	}}
	return outer.Marshal()
}

// checksum returns the checksum of the authenticator (RFC 4121 4.1.1): the channel binding and the flags.
func checksum(binding [16]byte) []byte {
	sum := binary.LittleEndian.AppendUint32(nil, uint32(len(binding)))
	sum = append(sum, binding[:]...)
	return binary.LittleEndian.AppendUint32(sum, gssapi.ContextFlagInteg|gssapi.ContextFlagConf)
}
