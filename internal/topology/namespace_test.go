package topology_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// roleElements are the elements of a backup relationship that belong to the namespace of service roles, at any depth.
var roleElements = map[string]bool{"Ports": true, "BackupService": true, "CentralMgmtService": true}

// assertNamespaces checks that each element of a backup relationship is in its namespace and that every prefix is
// declared.
func assertNamespaces(t *testing.T, raw []byte) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(testkit.Decode(raw)))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	var path []string
	inRole := 0 // depth of the element in path below which everything belongs to a role
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if inRole == 0 && roleElements[token.Name.Local] {
				inRole = len(path)
			}
			want := namespace
			if inRole > 0 {
				want = namespaceRoles
			}
			relationship := inRole > 0 || len(path) > 2 && path[1] == "Services" && !foreign[token.Name.Space]
			if relationship && token.Name.Space != want {
				t.Errorf("%s is in the namespace %q", strings.Join(path, "/"), token.Name.Space)
			}
			for _, a := range token.Attr {
				if a.Name.Space != "" && a.Name.Space != "xmlns" && !strings.Contains(a.Name.Space, ":") {
					t.Errorf("%s: the prefix %s is not declared", strings.Join(path, "/"), a.Name.Space)
				}
			}
		case xml.EndElement:
			if len(path) == inRole {
				inRole = 0
			}
			path = path[:len(path)-1]
		}
	}
}

// foreign are the namespaces of payloads that this package never writes.
var foreign = map[string]bool{
	namespaceRoles: true,
	"urn:schema:Microsoft.Rtc.Management.Deploy.WebServices.2011": true,
	"urn:schema:Microsoft.Rtc.Management.BaseTypes.2008":          true,
	"urn:example:extension":                                       true,
}
