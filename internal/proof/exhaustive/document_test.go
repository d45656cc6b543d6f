package exhaustive

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// roles are those of the services of a pool that a pair needs. The documents have no others, so that they are small.
var roles = []string{"Registrar", "UserServices", "UserStore", "FileStore", "ConfServices"}

// portElement matches the ports of these services, which no change concerns. Documents without them are read faster.
var portElement = regexp.MustCompile(`<Port Owner="urn:component:(McuFactory|PresenceFocus|Registrar|WinFab|IMConf|` +
	`DataConf|MediaComp)"[^>]*/>`)

// attributes are those of a Backup, in the order of the product.
var attributes = map[settings][][2]string{
	standard: {
		{"EnableAutomaticFailover", "true"},
		{"FailbackDetectionInterval", "P0Y0M0DT0H10M0S"},
		{"FailureDetectionInterval", "P0Y0M0DT0H5M0S"},
	},
	changed: {
		{"EnableAutomaticFailover", "false"},
		{"FailbackDetectionInterval", "P0Y0M0DT0H20M0S"},
		{"FailureDetectionInterval", "P0Y0M0DT0H2M0S"},
	},
}

// document returns the topology document of a world: Standard Edition servers a, b, c, d, each in a site of its own.
func (w world) document() []byte {
	d := testkit.NewDraft()
	d.Sites = nil
	pools := make([]*testkit.DraftPool, w.pools)
	for p := range w.pools {
		d.Sites = append(d.Sites, testkit.Site{ID: p + 1, Name: "Site " + strconv.Itoa(p+1)})
		version := 6
		if w.old[p] {
			version = 5
		}
		pools[p] = d.Standard(string(rune('a'+p)), p+1, version)
	}
	d.Services = slices.DeleteFunc(d.Services, func(s *testkit.DraftService) bool {
		return !slices.Contains(roles, s.Role)
	})
	for _, s := range d.Services {
		s.DependsOn = slices.DeleteFunc(s.DependsOn, func(id string) bool {
			return !slices.Contains(roles, strings.Split(id, "-")[1])
		})
	}
	for p, pool := range pools {
		for q, s := range w.backup[p] {
			if s != noBackup {
				pool.Registrar.Backups = append(pool.Registrar.Backups,
					testkit.DraftBackup{Attributes: attributes[s], To: pools[q].Registrar.ID()})
			}
		}
	}
	written := make([]*testkit.DraftService, 0, len(w.services))
	for _, s := range w.services {
		written = append(written, pools[s.on].AddBackupService(""))
	}
	for i, s := range w.services {
		switch {
		case s.target >= 0:
			written[i].DependsOn = append([]string{written[s.target].ID()}, written[i].DependsOn...)
		case s.partner >= 0:
			missing := strconv.Itoa(s.partner+1) + "-BackupService-1"
			written[i].DependsOn = append([]string{missing}, written[i].DependsOn...)
		}
	}
	return portElement.ReplaceAll(d.Document(), nil)
}

// The documents have no white space between elements, and neither have the parts that are written into them.
var (
	serviceElement = regexp.MustCompile(`<Service RoleVersion="\d" ServiceVersion="([56])"[^>]*>` +
		`<ServiceId SiteId="([1-4])" RoleName="(\w+)" Instance="(\d+)" />(.*?)</Service>`)
	dependency = regexp.MustCompile(`<Dependency Usage="Default">` +
		`<ServiceId SiteId="([1-4])" RoleName="BackupService" Instance="(\d+)" /></Dependency>`)
	installedOn   = regexp.MustCompile(`<InstalledOn><ClusterId SiteId="([1-4])" Number="\d+" /></InstalledOn>`)
	backupElement = regexp.MustCompile(`<Backup ([^>]*)>` +
		`<ServiceId SiteId="([1-4])" RoleName="Registrar" Instance="1" /></Backup>`)
)

// read returns the world of a document, and the document without its Backups and backup services. It reads the text
// itself instead of using the packages that it checks.
func read(doc []byte) (w world, frame string, err error) {
	var kept strings.Builder
	end := 0
	partners, positions := []string{}, map[string]int{} // by position, and by identity
	text := string(doc)
	for _, m := range serviceElement.FindAllStringSubmatchIndex(text, -1) {
		part := func(n int) string { return text[m[2*n]:m[2*n+1]] }
		kept.WriteString(text[end:m[0]])
		end = m[1]
		content := part(5)
		switch part(3) {
		case "BackupService":
			on := installedOn.FindStringSubmatch(content)
			named := dependency.FindAllStringSubmatch(content, -1)
			if on == nil || len(named) > 1 || on[1] != part(2) {
				return w, "", fmt.Errorf("read the backup service %s-%s", part(2), part(4))
			}
			s, partner := service{on: pool(on[1]), partner: -1, target: -1}, ""
			if len(named) == 1 {
				s.partner, partner = pool(named[0][1]), named[0][1]+"-"+named[0][2]
			}
			positions[part(2)+"-"+part(4)] = len(w.services)
			w.services, partners = append(w.services, s), append(partners, partner)
			continue
		case "Registrar":
			p := pool(part(2))
			w.pools = max(w.pools, p+1)
			w.old[p] = part(1) == "5"
			for _, b := range backupElement.FindAllStringSubmatch(content, -1) {
				if w.backup[p][pool(b[2])] = settingsOf(b[1]); settingsOf(b[1]) == noBackup {
					return w, "", fmt.Errorf("read the settings %s", b[1])
				}
			}
			kept.WriteString(backupElement.ReplaceAllString(text[m[0]:m[1]], ""))
		default:
			kept.WriteString(text[m[0]:m[1]])
		}
	}
	for i, partner := range partners {
		if at, exists := positions[partner]; exists {
			w.services[i].target = at
		}
	}
	kept.WriteString(text[end:])
	return w, kept.String(), nil
}

// pool returns the pool of a site.
func pool(site string) int { return int(site[0] - '1') }

// settingsOf returns the settings that the attributes of a Backup mean, noBackup for others.
func settingsOf(text string) settings {
	for s, list := range attributes {
		var want []string
		for _, a := range list {
			want = append(want, fmt.Sprintf("%s=%q", a[0], a[1]))
		}
		if text == strings.Join(want, " ") {
			return s
		}
	}
	return noBackup
}
