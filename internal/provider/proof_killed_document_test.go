package provider_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// killEstate returns the estate of TestProofKilled. Pool g has the active Central Management, so that its pair has a
// standby.
func killEstate() testkit.Estate {
	e := cliEstate("a b c d e f g h i j k l m n y z")
	e.Pools[slices.IndexFunc(e.Pools, func(p testkit.Pool) bool { return p.FQDN == "g" })].Central = testkit.Active
	for i := range 4 {
		e.Sites = append(e.Sites, testkit.Site{ID: 1 + i})
	}
	for i, pool := range []string{"a", "c", "c", "e"} {
		site := 100 + i
		e.Sites = append(e.Sites, testkit.Site{ID: site, Branch: true})
		e.Appliances = append(e.Appliances, testkit.Appliance{
			FQDN: fmt.Sprintf("s%d", i), Site: site, Pool: pool, NoBackup: true,
		})
	}
	return e
}

// changedSettings are the settings of resources that the apply changes.
var changedSettings = []string{"automatic_failover = false", `failure_detection_interval = "7m"`}

// killConfigs returns the configurations before and after the apply that is killed. The creations depend on other
// changes, so that the apply publishes several times.
func killConfigs() (before, after string) {
	before = cliPair("keep", "a-b") + cliPair("update", "c-d") + cliPair("remove", "e-f") + cliPair("first", "g-h") +
		cliPair("second", "i-j") + cliBranch("update", "s0 a") + cliBranch("remove", "s1 c") + cliBranch("move", "s2 c")
	after = cliPair("keep", "a-b") + cliPair("update", "c-d", changedSettings...) + cliPair("first", "g-i") +
		cliPair("second", "h-j") + cliBranch("update", "s0 a", changedSettings...) + cliBranch("move", "s2 a") +
		cliPair("new", "k-l", "depends_on = [lync_pool_pair.update]") +
		cliPair("newer", "m-n", "depends_on = [lync_pool_pair.new]") +
		cliBranch("new", "s3 e", "depends_on = [lync_pool_pair.new]")
	return before, after
}

// killedRelationships returns the backup registrars before or after the apply, such as "a>b", with their settings.
func killedRelationships(isAfter bool) map[string]string {
	const pair, branch, changed = "true 5m 10m", "true 2m 4m", "false 7m "
	all := map[string]string{}
	give := func(settings string, names ...string) {
		for _, name := range names {
			from, to, isPair := strings.Cut(name, "-")
			if !isPair {
				all[name] = settings
				continue
			}
			all[from+">"+to], all[to+">"+from] = settings, settings
		}
	}
	if isAfter {
		give(pair, "a-b", "g-i", "h-j", "k-l", "m-n", "y-z")
		give(changed+"10m", "c-d")
		give(changed+"4m", "s0>a")
		give(branch, "s2>a", "s3>e")
		return all
	}
	give(pair, "a-b", "c-d", "e-f", "g-h", "i-j")
	give(branch, "s0>a", "s1>c", "s2>c")
	return all
}

// checkKilled checks that a document has the encoding of before, and complete relationships only, each as before the
// apply or as after it, and all those that are in both.
func checkKilled(before, doc []byte) error {
	if !bytes.Equal(doc, testkit.Encode(testkit.Decode(doc), before)) {
		return errors.New("the encoding has changed")
	}
	if _, err := pairsOf(doc); err != nil {
		return err
	}
	old, next := killedRelationships(false), killedRelationships(true)
	if err := checkRelationships(before, old); err != nil {
		return err
	}
	found, err := relationshipsOf(doc)
	if err != nil {
		return err
	}
	for name, settings := range found {
		if settings != old[name] && settings != next[name] {
			return fmt.Errorf("%s has the settings %q, want %q or %q", name, settings, old[name], next[name])
		}
		from, to, _ := strings.Cut(name, ">")
		if back, isPair := found[to+">"+from]; !strings.HasPrefix(from, "s") && (!isPair || back != settings) {
			return fmt.Errorf("%s has the settings %q, and the other direction %q", name, settings, back)
		}
	}
	for name := range old {
		if _, isKept := next[name]; isKept && found[name] == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	if (found["s2>a"] == "") == (found["s2>c"] == "") {
		return fmt.Errorf("s2 has the pools %q and %q", found["s2>a"], found["s2>c"])
	}
	return nil
}

// checkRelationships checks that a document has exactly these relationships, and that its pairs are complete.
func checkRelationships(doc []byte, want map[string]string) error {
	if _, err := pairsOf(doc); err != nil {
		return err
	}
	got, err := relationshipsOf(doc)
	if err == nil && !maps.Equal(got, want) {
		err = fmt.Errorf("the document has the backup registrars %v, want %v", got, want)
	}
	return err
}

// relationshipsOf returns the backup registrars of a document with their settings, as killedRelationships does. Like
// pairsOf, it does not use package topology.
func relationshipsOf(doc []byte) (map[string]string, error) {
	var t struct {
		Clusters []struct {
			Fqdn string       `xml:",attr"`
			ID   cliClusterID `xml:"ClusterId"`
		} `xml:"Clusters>Cluster"`
		Services []struct {
			ID     cliServiceID `xml:"ServiceId"`
			On     cliClusterID `xml:"InstalledOn>ClusterId"`
			Backup []struct {
				Failover string       `xml:"EnableAutomaticFailover,attr"`
				Failure  string       `xml:"FailureDetectionInterval,attr"`
				Failback string       `xml:"FailbackDetectionInterval,attr"`
				To       cliServiceID `xml:"ServiceId"`
			}
		} `xml:"Services>Service"`
	}
	if err := xml.Unmarshal([]byte(testkit.Decode(doc)), &t); err != nil {
		return nil, err
	}
	names, hosts := map[cliClusterID]string{}, map[cliServiceID]string{}
	for _, c := range t.Clusters {
		names[c.ID], _, _ = strings.Cut(c.Fqdn, ".")
	}
	for _, s := range t.Services {
		hosts[s.ID] = names[s.On]
	}
	minutes := strings.NewReplacer("P0Y0M0DT0H", "", "0S", "", "M", "m")
	all := map[string]string{}
	for _, s := range t.Services {
		for _, b := range s.Backup {
			name := hosts[s.ID] + ">" + hosts[b.To]
			if all[name] != "" {
				return nil, fmt.Errorf("%s twice", name)
			}
			all[name] = b.Failover + " " + minutes.Replace(b.Failure) + " " + minutes.Replace(b.Failback)
		}
	}
	return all, nil
}

// instanceNumber is the number of a service, which depends on the order in which services are added and removed.
var instanceNumber = regexp.MustCompile(`(RoleName="(?:BackupService|CentralMgmt\w*)" Instance=)"\d+"`)

// killedText returns the lines of a document in a form that does not depend on the order of changes.
func killedText(doc []byte) string {
	lines := strings.Split(instanceNumber.ReplaceAllString(testkit.Decode(doc), `$1""`), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// printedBlock is an import block in the output of Terraform, which can have a line to the left of each line.
var printedBlock = regexp.MustCompile(`import \{\s*to = (\w+)\.NAME\s*id = "([^"]+)"\s*\}`)

// importBlocks returns the import blocks of an output by address: that of the resource in a configuration that has the
// same pools.
func importBlocks(config, output string) map[string]string {
	blocks := map[string]string{}
	for _, block := range printedBlock.FindAllStringSubmatch(strings.ReplaceAll(output, "│", ""), -1) {
		kind, id := block[1], block[2]
		resource := regexp.MustCompile(`resource "` + kind + `" "(\w+)" \{\n[^}]*` +
			regexp.QuoteMeta(`"`+strings.ReplaceAll(id, ",", `", "`)+`"`))
		if found := resource.FindStringSubmatch(config); found != nil {
			address := kind + "." + found[1]
			blocks[address] = fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
		}
	}
	return blocks
}
