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

// unusedElement matches elements that no change concerns: the ports of these services, and details of sites, servers
// and conferencing. Documents without them are read faster.
var unusedElement = regexp.MustCompile(`<(Port Owner="urn:component:(McuFactory|PresenceFocus|Registrar|WinFab|IMConf|` +
	`DataConf|MediaComp)"|NetInterface|Location|MCU) [^>]*/>`)

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

// instances are the instance numbers of a backup service and of the one that it depends on, which the model does not
// know. A world and the instances of its services determine the document.
type instances struct{ own, partner int }

// firstInstances returns the lowest instances of the services of a world.
func (w world) firstInstances() []instances {
	all := make([]instances, len(w.services))
	var used [maxPools]int
	for i, s := range w.services {
		used[s.on]++
		all[i].own = used[s.on]
	}
	for i, s := range w.services {
		switch {
		case s.target >= 0:
			all[i].partner = all[s.target].own
		case s.partner >= 0:
			all[i].partner = used[s.partner] + 1
		}
	}
	return all
}

// document returns the topology document of a world: Standard Edition servers a, b, c, d, each in a site of its own.
func (w world) document(numbers []instances) []byte {
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
	for i, s := range w.services {
		written := pools[s.on].AddBackupService("")
		written.Instance = numbers[i].own
		if s.partner >= 0 {
			partner := backupServiceID(s.partner, numbers[i].partner)
			written.DependsOn = append([]string{partner}, written.DependsOn...)
		}
	}
	return unusedElement.ReplaceAll(d.Document(), nil)
}

// backupServiceID returns the identity of a backup service of a pool.
func backupServiceID(p, instance int) string {
	return fmt.Sprintf("%d-BackupService-%d", p+1, instance)
}

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
