package exhaustive

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRead checks that the reader accepts no document except those that it returns.
func TestRead(t *testing.T) {
	t.Parallel()
	pair := start{pools: 2, edges: edge(0, 1) | edge(1, 0), serving: 3}.world()
	text := string(pair.document(pair.firstInstances()))
	last := text[strings.LastIndex(text, "<Service "):strings.LastIndex(text, "</Services>")]
	backup := text[strings.Index(text, "<Backup "):strings.Index(text, "</Backup>")] + "</Backup>"
	const ports = `<Ports xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"></Ports>`
	const fileStore = `<Dependency Usage="Default"><ServiceId SiteId="2" RoleName="FileStore" Instance="1" /></Dependency>`
	const third = `<Dependency Usage="Default"><ServiceId SiteId="1" RoleName="BackupService" Instance="2" /></Dependency>`
	const module = `<Module RoleName="ConfServices" ComponentName="DataConf" />`
	for _, test := range []struct{ name, old, replacement string }{
		{"two Backups with one partner", backup, backup + backup},
		{"other settings", `FailureDetectionInterval="P0Y0M0DT0H5M0S"`, `FailureDetectionInterval="P0Y0M0DT0H6M0S"`},
		{"a Backup behind the ports", backup + ports, ports + backup},
		{"another RoleVersion", last, strings.Replace(last, `RoleVersion="1"`, `RoleVersion="2"`, 1)},
		{"another ServiceVersion", last, strings.Replace(last, `ServiceVersion="6"`, `ServiceVersion="5"`, 1)},
		{"no file store", last, strings.Replace(last, fileStore, "", 1)},
		{"two partners", last, strings.Replace(last, fileStore, third+fileStore, 1)},
		{"a dependency twice", last, strings.Replace(last, "<DependsOn>", "<DependsOn>"+fileStore, 1)},
		{"a module less", last, strings.Replace(last, module, "", 1)},
		{"on another cluster", last, strings.Replace(last, `<ClusterId SiteId="2"`, `<ClusterId SiteId="1"`, 1)},
		{"a service before the others", "<Services>", "<Services>" + last},
		{"white space", "</Services>", " </Services>"},
		{"a Registrar changed", `IsDirector="false"`, `IsDirector="true"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if changed := strings.Replace(text, test.old, test.replacement, 1); changed == text {
				t.Fatalf("the document has no %s", test.old)
			} else if w, _, err := read([]byte(changed)); err == nil {
				t.Errorf("it is read as %s", w)
			}
		})
	}
}

// The documents have no white space between elements, and neither have the parts that are written into them.
var (
	serviceElement = regexp.MustCompile(`<Service RoleVersion="\d" ServiceVersion="([56])"[^>]*>` +
		`<ServiceId SiteId="([1-4])" RoleName="(BackupService|Registrar)" Instance="(\d+)" />(.*?)</Service>`)
	dependency = regexp.MustCompile(`<Dependency Usage="Default">` +
		`<ServiceId SiteId="([1-4])" RoleName="BackupService" Instance="(\d+)" /></Dependency>`)
	backupElement = regexp.MustCompile(`<Backup ([^>]*)>` +
		`<ServiceId SiteId="([1-4])" RoleName="Registrar" Instance="1" /></Backup>`)
)

// read returns the world of a document and the instances of its backup services. It reads the text itself instead of
// using the packages that it checks. A document that differs from the one of that world by a byte is an error. So each
// backup service has the text of one of the starts, up to its pool, instance and partner, no Registrar has two Backups
// with the same partner, and nothing outside of Backups and backup services has changed.
func read(doc []byte) (w world, numbers []instances, err error) {
	positions := map[string]int{} // of the backup services, by identity
	for _, m := range serviceElement.FindAllSubmatch(doc, -1) {
		p, instance, content := pool(m[2]), number(m[4]), m[5]
		if string(m[3]) == "BackupService" {
			s, n := service{on: p, partner: -1, target: -1}, instances{own: instance}
			if named := dependency.FindSubmatch(content); named != nil {
				s.partner, n.partner = pool(named[1]), number(named[2])
			}
			positions[backupServiceID(p, instance)] = len(w.services)
			w.services, numbers = append(w.services, s), append(numbers, n)
			continue
		}
		w.pools = max(w.pools, p+1)
		w.old[p] = string(m[1]) == "5"
		for _, b := range backupElement.FindAllSubmatch(content, -1) {
			q, s := pool(b[2]), settingsOf(string(b[1]))
			switch {
			case s == noBackup:
				return w, nil, fmt.Errorf("read the settings %s", b[1])
			case w.backup[p][q] != noBackup:
				return w, nil, fmt.Errorf("the Registrar of pool %d has two Backups with pool %d", p, q)
			}
			w.backup[p][q] = s
		}
	}
	for i, s := range w.services {
		if at, exists := positions[backupServiceID(s.partner, numbers[i].partner)]; exists {
			w.services[i].target = at
		}
	}
	return w, numbers, differs(doc, w.document(numbers))
}

// differs returns an error with the first difference of two documents.
func differs(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	around := func(doc []byte) []byte { return doc[max(0, at-100):min(len(doc), at+200)] }
	return fmt.Errorf("the document has\n%s\nwant\n%s", around(got), around(want))
}

// pool returns the pool of a site.
func pool(site []byte) int { return int(site[0] - '1') }

// number returns the number that an expression has matched. One that is too large is 0, which no service has.
func number(digits []byte) int {
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}
