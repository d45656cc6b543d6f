package adoption

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// hashLength is the number of characters of the hash in a name.
const hashLength = 8

// namesOf returns the names of resources of one type. A name is made from the hosts of the resource alone, so that
// other resources do not change it. Only resources that would have the same name have a hash of their ids in it.
func namesOf(resources []Resource) []string {
	names, uses := make([]string, len(resources)), map[string]int{}
	for i, r := range resources {
		names[i] = identifier(strings.Join(r.Hosts, "_"))
		uses[names[i]]++
	}
	used := map[string]bool{}
	for name := range uses {
		used[name] = true
	}
	for i, r := range resources {
		base := names[i]
		if uses[base] == 1 {
			continue
		}
		hash := sha256.Sum256([]byte(r.ID))
		digits := hex.EncodeToString(hash[:])
		length := hashLength
		for used[base+"_"+digits[:length]] && length < len(digits) {
			length++
		}
		names[i] = base + "_" + digits[:length]
		used[names[i]] = true
	}
	return names
}

// identifier returns a text as the name of a resource: letters and digits of ASCII, and underscores in the place of all
// other characters. It does not begin with a digit.
func identifier(text string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, text)
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "_" + name
	}
	return name
}
