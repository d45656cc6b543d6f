package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestFileStoreOfABackupService(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "a"}, {FQDN: "b"}, {FQDN: "files", Kind: testkit.FileServer, Site: 2},
		{FQDN: "more", Kind: testkit.FileServer},
	}}
	const own, theirs = `RoleName="FileStore" Instance="1"`, `RoleName="FileStore" Instance="3"`
	noStore := func(raw []byte, id string) []byte {
		text := testkit.Decode(raw)
		at := strings.Index(text, idLine(id))
		store := at + strings.Index(text[at:], own)
		start := strings.LastIndex(text[:store], "<Dependency ")
		end := store + strings.Index(text[store:], "</Dependency>") + len("</Dependency>")
		return testkit.Encode(text[:start]+text[end:], raw)
	}
	for _, c := range []struct {
		name    string
		give    func(t *testing.T, raw []byte) []byte
		want    string
		refusal topology.Refusal
	}{
		{name: "own", give: func(_ *testing.T, raw []byte) []byte { return raw }, want: "1-FileStore-1"},
		{name: "of conferencing, another one", want: "1-FileStore-3", give: func(t *testing.T, raw []byte) []byte {
			return replaceInService(t, raw, "1-ConfServices-1", own, theirs)
		}},
		{name: "of the web services", want: "1-FileStore-3", give: func(t *testing.T, raw []byte) []byte {
			return replaceInService(t, noStore(raw, "1-ConfServices-1"), "1-WebServices-1", own, theirs)
		}},
		{name: "on another site's cluster", want: "2-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			return replaceInService(t, raw, "1-ConfServices-1", `SiteId="1" `+own, `SiteId="2" `+own)
		}},
		{name: "of the user services", want: "1-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			raw = noStore(noStore(raw, "1-ConfServices-1"), "1-WebServices-1")
			return replaceInService(t, raw, "1-UserServices-1",
				`<ServiceId SiteId="1" RoleName="ConfServices" Instance="1" />`, `<ServiceId SiteId="1" `+own+` />`)
		}},
		{
			name: "none", refusal: topology.Refusal{Fault: topology.NoFileStore, Pool: fqdn("a")},
			give: func(_ *testing.T, raw []byte) []byte {
				return noStore(noStore(raw, "1-ConfServices-1"), "1-WebServices-1")
			},
		},
		{
			name: "two different", refusal: topology.Refusal{
				Fault: topology.SeveralFileStores, Pool: fqdn("a"), Found: topology.RoleConfServices,
				Services: serviceIDs("1-FileStore-3", "1-FileStore-1"),
			},
			give: func(t *testing.T, raw []byte) []byte {
				return replaceInService(t, raw, "1-ConfServices-1", `RoleName="WebServices" Instance="1"`, theirs)
			},
		},
		{name: "twice the same", want: "1-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			return replaceInService(t, raw, "1-ConfServices-1", `RoleName="WebServices" Instance="1"`, own)
		}},
		{
			name: "dangling", refusal: topology.Refusal{
				Fault: topology.FileStoreNotFound, Pool: fqdn("a"), Found: topology.RoleConfServices,
				Services: serviceIDs("1-FileStore-9"),
			},
			give: func(t *testing.T, raw []byte) []byte {
				return replaceInService(t, raw, "1-ConfServices-1", own, `RoleName="FileStore" Instance="9"`)
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := c.give(t, estate.Document())
			e := newEditor(t, raw)
			err := e.CreatePair(pairOf("a", "b"))
			if c.want == "" {
				assertRefused(t, e, raw, err, c.refusal)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			service := e.Topology().Pool(fqdn("a")).Role(topology.RoleBackupService)[0]
			if got := service.Dependencies(topology.RoleFileStore); len(got) != 1 || got[0].String() != c.want {
				t.Errorf("file store %v, want %s", got, c.want)
			}
		})
	}
}

// A version that is not known follows an example of its own version, else one of 2019. No other version follows it.
func TestCreateForAnUnknownVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		example, of int
		copies      int
	}{
		{"an example of 2019", 8, 9, 2},
		{"an example of its own", 9, 9, 2},
		{"an example of 2015", 7, 9, 0},
		{"an example of another one", 9, 10, 0},
		{"2019 with an example of an unknown version", 9, 8, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			estate := testkit.Estate{
				Pools: []testkit.Pool{
					{FQDN: "a", Version: c.of}, {FQDN: "b", Version: c.of, Site: 2},
					{FQDN: "x", Version: c.example}, {FQDN: "y", Version: c.example, Site: 2},
				},
				Pairs: []testkit.Pair{{A: "x", B: "y"}},
			}
			raw := replaceInService(t, estate.Document(), "1-BackupService-1", `Port="443"`, `Port="8443"`)
			got := createPair(t, raw, pairOf("a", "b"))
			if n := strings.Count(testkit.Decode(got), `Port="8443"`) - 1; n != c.copies {
				t.Errorf("%d copies of the ports, want %d", n, c.copies)
			}
			for _, pool := range []string{"a", "b"} {
				services := parse(t, got).Topology().Pool(fqdn(pool)).Role(topology.RoleBackupService)
				if len(services) != 1 || services[0].Version != c.of {
					t.Errorf("%s has the backup services %v", pool, services)
				}
			}
			assertSameBytes(t, "deleted", deletePair(t, got, "a", "b"), raw)
		})
	}
}

func TestCreateCopiesAServiceOfTheVersion(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Pools: []testkit.Pool{
			{FQDN: "a", Version: 7}, {FQDN: "b", Version: 7}, {FQDN: "x", Version: 7}, {FQDN: "y", Version: 7},
			{FQDN: "c"}, {FQDN: "d"},
		},
		Pairs: []testkit.Pair{{A: "x", B: "y", CMSMaster: true}},
	}
	const port, module = `Port="443" Protocol="Https" UrlPath="/BackupService/"`,
		`<Module RoleName="ConfServices" ComponentName="DataConf" />`
	with := func(active string) []byte {
		e := estate
		e.Pools = slices.Clone(e.Pools)
		for i := range e.Pools {
			if e.Pools[i].FQDN == active {
				e.Pools[i].Central = testkit.Active
			}
		}
		raw := replaceInService(t, e.Document(), "1-BackupService-1", port,
			`Port="8443" Protocol="Https" UrlPath="/BackupService/"`)
		return replaceInService(t, raw, "1-BackupService-1", module,
			module+`<Module RoleName="ApplicationServer" ComponentName="RGSDataStore" />`)
	}
	modules := func(t *testing.T, raw []byte, name string) string {
		var all []string
		for _, m := range parse(t, raw).Topology().Pool(fqdn(name)).Role(topology.RoleBackupService)[0].Modules {
			all = append(all, m.Component)
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		name, active, a, b, modules string
		copies                      int
	}{
		{"same version", "", "a", "b", "PresenceFocus DataConf RGSDataStore", 2},
		{"with Central Management", "b", "a", "b", "PresenceFocus DataConf RGSDataStore CMSMaster", 2},
		{"Central Management elsewhere", "x", "a", "b", "PresenceFocus DataConf RGSDataStore", 2},
		{"another version", "", "c", "d", "PresenceFocus DataConf", 0},
		{"another version with Central Management", "c", "c", "d", "PresenceFocus DataConf CMSMaster", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := with(c.active)
			got := createPair(t, raw, pairOf(c.a, c.b))
			for _, pool := range []string{c.a, c.b} {
				if is := modules(t, got, pool); is != c.modules {
					t.Errorf("%s: modules %s, want %s", pool, is, c.modules)
				}
			}
			if n := strings.Count(testkit.Decode(got), `Port="8443"`) - 1; n != c.copies {
				t.Errorf("%d copies of the ports, want %d", n, c.copies)
			}
			if strings.Contains("\n"+changedLines(raw, got), "\n-") {
				t.Errorf("lines went:\n%s", changedLines(raw, got))
			}
			assertSameBytes(t, "deleted", deletePair(t, got, c.a, c.b), raw)
		})
	}
	t.Run("with Central Management, from one without", func(t *testing.T) {
		e := estate
		e.Pools, e.Pairs = slices.Clone(e.Pools), []testkit.Pair{{A: "x", B: "y"}}
		e.Pools[0].Central = testkit.Active
		got := createPair(t, e.Document(), pairOf("a", "b"))
		if m := modules(t, got, "a") + ", " +
			modules(t, got, "b"); m != "PresenceFocus DataConf CMSMaster, PresenceFocus DataConf CMSMaster" {
			t.Errorf("modules %s", m)
		}
		assertNamespaces(t, got)
	})
	t.Run("from one that lacks what every pair has", func(t *testing.T) {
		raw := replaceInService(t, estate.Document(), "1-BackupService-1", module, "")
		if m := modules(t, createPair(t, raw, pairOf("a", "b")), "a"); m != "PresenceFocus DataConf" {
			t.Errorf("modules %s", m)
		}
	})
	t.Run("as it was loaded", func(t *testing.T) {
		e := newEditor(t, with(""))
		if _, err := e.DeletePair(pairID("x", "y")); err != nil {
			t.Fatal(err)
		}
		if err := e.CreatePair(pairOf("a", "b")); err != nil {
			t.Fatal(err)
		}
		if got := modules(t, e.Document().Bytes(), "a"); got != "PresenceFocus DataConf RGSDataStore" {
			t.Errorf("modules %s", got)
		}
	})
}
