package kerberos

import (
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
)

// defaultTypes are the encryption types without a setting. They are those that the library supports and that are still
// in use. RC4 is the last one: accounts of old domains have no other key.
var defaultTypes = []int32{
	etypeID.AES256_CTS_HMAC_SHA1_96, etypeID.AES128_CTS_HMAC_SHA1_96,
	etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA256_128, etypeID.RC4_HMAC,
}

// families are the names that stand for several encryption types. Those of DES and Camellia are not supported.
var families = map[string][]int32{
	"default": defaultTypes,
	"aes":     defaultTypes[:4],
	"rc4":     {etypeID.RC4_HMAC},
	"arcfour": {etypeID.RC4_HMAC},
	"des3":    {etypeID.DES3_CBC_SHA1_KD},
}

// parseTypes returns the supported encryption types of a list. As in MIT krb5, a minus sign removes types, and unknown
// names are ignored.
func parseTypes(list string) []int32 {
	var types []int32

	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		name, isRemoved := strings.CutPrefix(strings.ToLower(name), "-")
		name = strings.TrimPrefix(name, "+")

		named := families[name]
		if id := etypeID.EtypeSupported(name); named == nil && id != 0 {
			named = []int32{id}
		}
		for _, id := range named {
			types = slices.DeleteFunc(types, func(t int32) bool { return isRemoved && t == id })
			if !isRemoved && !slices.Contains(types, id) {
				types = append(types, id)
			}
		}
	}
	return types
}
