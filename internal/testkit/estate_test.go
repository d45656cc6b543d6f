package testkit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "update testdata")

// everything has one of each thing that can be declared.
func everything() Estate {
	return Estate{
		Domain: "fabrikam.com",
		Sites: []Site{
			{ID: 1, Name: "Research & Development"},
			{ID: 2},
			{ID: 10, Branch: true, Parent: 1},
			{ID: 11, Branch: true, Parent: 2, Nested: true, Element: "BranchSite"},
			{ID: 12, Branch: true, ParentAttribute: "ParentSiteId", Parent: 2},
			{ID: 13, Branch: true},
		},
		Pools: []Pool{
			{FQDN: "ee1", Enterprise: true, Central: Active, Edge: "edge"},
			{
				FQDN: "ee2", Site: 2, Enterprise: true, FrontEnds: 1, SQLHost: "sql-ee1", SQLInstance: "two",
				FileHost: "fs-ee1", Central: Standby,
			},
			{FQDN: "ee3", Site: 2, Enterprise: true, SQLHost: "sql", SQLInstance: DefaultInstance, FileHost: "files"},
			{FQDN: "se1"},
			{FQDN: "se2", Site: 2, Version: 8},
			{FQDN: "sql", Kind: SQLServer, SQLInstance: DefaultInstance},
			{FQDN: "files", Kind: FileServer},
			{FQDN: "director", Kind: Director, NextHop: "ee1"},
			{FQDN: "edge", Kind: Edge, FrontEnds: 2, NextHop: "director"},
			{FQDN: "chat", Kind: PersistentChat, NextHop: "ee1"},
			{FQDN: "mediation", Kind: Mediation, NextHop: "ee1"},
			{FQDN: "gateway", Kind: Gateway, NextHop: "mediation"},
			{FQDN: "office", Kind: OfficeWebApps},
			{FQDN: "application", Kind: TrustedApplication, NextHop: "ee1"},
		},
		Appliances: []Appliance{
			{FQDN: "sba1", Site: 10, Pool: "ee1"},
			{FQDN: "sba2", Site: 11, Pool: "ee1", UserServices: "ee2", Failure: time.Minute, Edge: "edge"},
			{FQDN: "sba3", Site: 12, Pool: "se1", NoBackup: true},
		},
		Backups: []Backup{{From: "se1", To: "se2", Failover: new(bool), Failback: 25 * time.Hour}},
		Pairs: []Pair{
			{A: "ee2", B: "ee1", CMSMaster: true},
			{A: "se1", B: "ee3", NoBackup: []string{"se1"}, NoService: []string{"ee3"}},
		},
	}
}

func TestEstateIsWellFormed(t *testing.T) {
	t.Parallel()
	estates := map[string]Estate{"zero": {}, "paired": Paired(), "everything": everything()}
	for name, e := range estates {
		for _, minified := range []bool{false, true} {
			e.Minified = minified
			if got := elements(t, e.Text()); got[0] != "Topology" {
				t.Errorf("%s: root %s", name, got[0])
			}
		}
	}
}

func TestEstateNumbers(t *testing.T) {
	t.Parallel()
	text := everything().Text()
	for _, pattern := range []string{
		`<Service [^>]*>\s*(<ServiceId [^>]*>)`,
		`<Cluster [^>]*>\s*(<ClusterId [^>]*>)`,
		`<SqlInstance>\s*(<SqlInstanceId [^>]*>\s*<ClusterId [^>]*>)`,
		`<(?:CentralSite|RemoteSite|BranchSite) (SiteId="\d+")`,
	} {
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			if seen[m[1]] {
				t.Errorf("twice: %s", m[1])
			}
			seen[m[1]] = true
		}
		if len(seen) == 0 {
			t.Errorf("nothing matches %s", pattern)
		}
	}
	// All that dangles is the one service that was left out.
	services := map[string]bool{}
	for _, m := range regexp.MustCompile(`<Service [^>]*>\s*(<ServiceId [^>]*>)`).FindAllStringSubmatch(text, -1) {
		services[m[1]] = true
	}
	var dangling []string
	for _, id := range regexp.MustCompile(`<ServiceId [^>]*>`).FindAllString(text, -1) {
		if !services[id] {
			dangling = append(dangling, id)
		}
	}
	if want := []string{`<ServiceId SiteId="2" RoleName="BackupService" Instance="2" />`}; !slices.Equal(dangling,
		want) {
		t.Errorf("dangling: %q, want %q", dangling, want)
	}
}

func TestEstateShapes(t *testing.T) {
	t.Parallel()
	text := everything().Text()
	for _, want := range []string{
		`<Name>Research &amp; Development</Name>`,
		`<RemoteSite SiteId="10" CentralSiteId="1">`,
		`      <BranchSite SiteId="11">`,
		`<RemoteSite SiteId="12" ParentSiteId="2">`,
		`    <RemoteSite SiteId="13">`,
		`<Machine OrdinalInCluster="3" Fqdn="` + Machine("ee1.fabrikam.com", 3) + `"`,
		`RequiresReplication="false" RequiresSetup="false" Fqdn="fs-ee1.fabrikam.com"`,
		`<SqlInstanceId Name="">`,
		`RoleName="PersistentChatService"`, `RoleName="PstnGateway"`, `ComponentName="PersistentChatWeb"`,
		`IsDirector="true"`, `IsPoolEnabledForSAOnEdge="false"`,
		`<Backup EnableAutomaticFailover="false" FailbackDetectionInterval="P0Y0M0DT25H0M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">`,
		`<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H4M0S" FailureDetectionInterval="P0Y0M0DT0H1M0S">`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the document: %s", want)
		}
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("a line does not end with CRLF")
	}
	lf := Estate{LF: true}
	if strings.Contains(lf.Text(), "\r") {
		t.Error("CR in a document with LF")
	}
}

// A pair adds what it adds and nothing else, so a builder's document can stand for the outcome of a creation.
func TestPairOnlyAdds(t *testing.T) {
	t.Parallel()
	with, without := Paired(), Paired()
	without.Pairs, without.Pools[1].Central = nil, ""
	diff := Diff(without.Document(), with.Document())
	if diff == "" || strings.HasPrefix(diff, "-") || strings.Contains(diff, "\n-") {
		t.Errorf("a pair takes lines out:\n%s", diff)
	}
}

// The builder's document of the real estate has the elements of the real one in the real order, but for the ports and
// components that it leaves out.
func TestEstateLikeTheRealDocument(t *testing.T) {
	t.Parallel()
	short := func(text string) []string {
		return slices.DeleteFunc(elements(t, text),
			func(name string) bool { return name == "Port" || name == "Component" })
	}
	published, built := short(Decode(Published(t))), short(Paired().Text())
	if !slices.Equal(published, built) {
		t.Errorf("other elements:\n%s", strings.Join(diffLines(published, built), "\n"))
	}
	lines := strings.Split(Decode(Published(t)), "\r\n")
	for line := range strings.SplitSeq(Paired().Text(), "\r\n") {
		// Names and places differ; all else is a line of the real document.
		if !strings.ContainsAny(line, "<") ||
			regexp.MustCompile(`contoso|Name>|Description>|Location|Topology xmlns|Component `).MatchString(line) {
			continue
		}
		if !slices.Contains(lines, line) {
			t.Errorf("no such line in the real document: %s", line)
		}
	}
}

func TestImpossibleEstates(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]Estate{
		"nameless":        {Pools: []Pool{{}}},
		"twice":           {Pools: []Pool{{FQDN: "a"}, {FQDN: "A"}}},
		"big standard":    {Pools: []Pool{{FQDN: "a", FrontEnds: 2}}},
		"enterprise edge": {Pools: []Pool{{FQDN: "a", Kind: Edge, Enterprise: true}}},
		"own SQL":         {Pools: []Pool{{FQDN: "a", Enterprise: true, SQLHost: "a"}}},
		"no such hop":     {Pools: []Pool{{FQDN: "a", Kind: Edge, NextHop: "b"}}},
		"no such member":  {Pools: []Pool{{FQDN: "a"}}, Pairs: []Pair{{A: "a", B: "b"}}},
		"backup of a SQL": {
			Pools: []Pool{{FQDN: "a"}, {FQDN: "b", Kind: SQLServer}}, Backups: []Backup{{From: "a", To: "b"}},
		},
		"two pairs": {
			Pools: []Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}}, Pairs: []Pair{{A: "a", B: "b"}, {A: "a", B: "c"}},
		},
		"undeclared site": {Sites: []Site{{ID: 1}}, Pools: []Pool{{FQDN: "a", Site: 2}}},
		"half a second": {
			Pools: []Pool{{FQDN: "a"}, {FQDN: "b"}}, Backups: []Backup{{From: "a", To: "b", Failure: time.Millisecond}},
		},
		"lonely appliance":   {Appliances: []Appliance{{FQDN: "a"}}},
		"appliance of edges": {Pools: []Pool{{FQDN: "e", Kind: Edge}}, Appliances: []Appliance{{FQDN: "a", Pool: "e"}}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("built")
				}
			}()
			_ = e.Text()
		})
	}
}

func TestFixture(t *testing.T) {
	t.Parallel()
	if *update {
		if err := os.WriteFile("testdata/paired-standard.xml", Paired().Document(), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Skip("written")
	}
	if diff := Diff(Fixture(t), Paired().Document()); diff != "" {
		t.Errorf("go test -update updates it:\n%s", diff)
	}
	if !bytes.HasPrefix(Fixture(t), []byte("\xFF\xFE<\x00T\x00")) {
		t.Error("the fixture is not UTF-16LE with a byte order mark")
	}
}

// elements returns the names of all elements in order; the text must be well-formed.
func elements(t *testing.T, text string) []string {
	t.Helper()
	var names []string
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Local)
		}
	}
}
