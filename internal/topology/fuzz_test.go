package topology_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// smallPools is a minimal document with a pair, so that the fuzzer soon changes a relevant value.
var smallPools = `<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008" Signature="x">
  <Sites><CentralSite SiteId="1"><Name>P</Name></CentralSite><RemoteSite SiteId="2" CentralSiteId="1" /></Sites>
  <Clusters>
    <Cluster Fqdn="a"><ClusterId SiteId="1" Number="1" /><Machine Fqdn="a" /></Cluster>
    <Cluster Fqdn="b"><ClusterId SiteId="1" Number="2" /></Cluster>
  </Clusters>
  <Services>` + smallPool("1", "true") + smallPool("2", "false") + `
  </Services>
</Topology>`

func smallPool(number, active string) string {
	return strings.NewReplacer("@N", number, "@M", map[string]string{"1": "2", "2": "1"}[number], "@ACTIVE", active).Replace(`
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="UserServices" Instance="@N" />
      <DependsOn><Dependency Usage="Default"><ServiceId SiteId="1" RoleName="UserStore" Instance="@N" /></Dependency></DependsOn>
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="UserStore" Instance="@N" />
      <InstalledOn><SqlInstanceId Name="rtc"><ClusterId SiteId="1" Number="@N" /></SqlInstanceId></InstalledOn></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="FileStore" Instance="@N" />
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="ConfServices" Instance="@N" />
      <DependsOn><Dependency Usage="Default"><ServiceId SiteId="1" RoleName="FileStore" Instance="@N" /></Dependency></DependsOn>
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="Registrar" Instance="@N" />
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn>
      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"><ServiceId SiteId="1" RoleName="Registrar" Instance="@M" /></Backup>
      <RegistrarService IsDirector="false" /></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="CentralMgmt" Instance="@N" />
      <DependsOn><Dependency Usage="Default"><ServiceId SiteId="1" RoleName="CentralMgmtStore" Instance="@N" /></Dependency></DependsOn>
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn><CentralMgmtService IsActive="@ACTIVE" /></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="CentralMgmtStore" Instance="@N" />
      <InstalledOn><SqlInstanceId Name="rtc"><ClusterId SiteId="1" Number="@N" /></SqlInstanceId></InstalledOn></Service>
    <Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="BackupService" Instance="@N" />
      <DependsOn><Dependency Usage="Default"><ServiceId SiteId="1" RoleName="BackupService" Instance="@M" /></Dependency>
      <Dependency Usage="Default"><ServiceId SiteId="1" RoleName="FileStore" Instance="@N" /></Dependency></DependsOn>
      <InstalledOn><ClusterId SiteId="1" Number="@N" /></InstalledOn><Ports />
      <BackupService><Modules><Module RoleName="UserServices" ComponentName="PresenceFocus" /></Modules></BackupService></Service>`)
}

func seeds() []string {
	return []string{
		smallPools,
		strings.NewReplacer("<", "<t:", "</", "</t:", "xmlns=", "xmlns:t=").Replace(smallPools),
		strings.ReplaceAll(smallPools, "\n", "\r\n"),
		strings.Join(strings.Fields(smallPools), " "),
		document(""),
		`<?xml version="1.0" encoding="utf-16"?><!-- x -->` +
			document(`<Services><![CDATA[x]]><Service a='"'/></Services>`) + "<?pi?>\n",
		`<!DOCTYPE x [<!ENTITY e "f">]>` + document("&e;"),
	}
}

// TestSmallPools checks that the seed is a pair. With an error in the seed, the fuzzer would only see refusals.
func TestSmallPools(t *testing.T) {
	t.Parallel()
	pairs := parse(t, []byte(smallPools)).Topology().Pairs()
	if len(pairs) != 1 || !pairs[0].Links.All() || pairs[0].First.Central != topology.CentralActive ||
		pairs[0].Second.Central != topology.CentralStandby {
		t.Fatalf("pairs %+v", pairs)
	}
	assertEditsAreSafe(t, []byte(smallPools))
	assertEditsAreSafe(t, deletePair(t, []byte(smallPools), "a.", "b."))
}

// FuzzParse checks that Parse returns an error, or a document with the same bytes, and never panics.
func FuzzParse(f *testing.F) {
	for _, seed := range seeds() {
		for _, encode := range testkit.StoredForms {
			f.Add(encode(seed))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := topology.Parse(raw)
		if (doc == nil) == (err == nil) {
			t.Fatal("Parse returns both or neither of document and error")
		}
		if err != nil {
			return
		}
		if string(doc.Bytes()) != string(raw) {
			t.Fatal("the bytes differ")
		}
		doc.Topology()
	})
}

// FuzzEdit checks that edits of an arbitrary document do not panic, are complete or not made, and can be reverted.
func FuzzEdit(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	for _, role := range []string{"Registrar", "BackupService", "CentralMgmt", "UserStore", "FileStore"} {
		f.Add(strings.Replace(smallPools, `RoleName="`+role+`" Instance="1"`, `RoleName="`+role+`" Instance="9"`, 1))
		f.Add(strings.Replace(smallPools, `RoleName="`+role+`" Instance="2"`, `RoleName="`+role+`" Instance="1"`, 1))
	}
	f.Fuzz(func(t *testing.T, text string) { assertEditsAreSafe(t, []byte(text)) })
}

var anAttribute = regexp.MustCompile(` ([A-Z]\w+)="([^"]*)"`)

// elementPatterns match complete elements with children, and empty-element tags.
var elementPatterns = func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, name := range []string{"Service", "Dependency", "DependsOn", "InstalledOn", "Backup", "Cluster",
		"SqlInstanceId"} {
		all = append(all, regexp.MustCompile(`(?s)<`+name+`[ >].*?</`+name+`>`))
	}
	for _, name := range []string{"ServiceId", "ClusterId", "Module", "CentralMgmtService"} {
		all = append(all, regexp.MustCompile(`<`+name+` [^>]*/>`))
	}
	return all
}()

// mutate changes a document as a careless edit does. It replaces a value by another value of the same attribute, or
// removes, duplicates or moves an element. The document stays well-formed.
func mutate(r *rand.Rand, text string) string {
	for range 1 + r.IntN(4) {
		if r.IntN(3) > 0 {
			all := anAttribute.FindAllStringSubmatchIndex(text, -1)
			at := all[r.IntN(len(all))]
			var values []string
			for _, other := range all {
				if text[other[2]:other[3]] == text[at[2]:at[3]] {
					values = append(values, text[other[4]:other[5]])
				}
			}
			text = text[:at[4]] + append(values, "9", "", "true")[r.IntN(len(values)+3)] + text[at[5]:]
			continue
		}
		anElement := elementPatterns[r.IntN(len(elementPatterns))]
		all := anElement.FindAllStringIndex(text, -1)
		if len(all) == 0 {
			continue
		}
		at := all[r.IntN(len(all))]
		element := text[at[0]:at[1]]
		switch r.IntN(3) {
		case 0:
			text = text[:at[0]] + text[at[1]:]
		case 1:
			text = text[:at[1]] + element + text[at[1]:]
		case 2:
			text = text[:at[0]] + text[at[1]:]
			anElement = elementPatterns[r.IntN(len(elementPatterns))]
			if to := anElement.FindAllStringIndex(text, -1); len(to) > 0 {
				i := to[r.IntN(len(to))][1]
				text = text[:i] + element + text[i:]
			}
		}
	}
	return text
}

// FuzzMutate checks edits of careless changes of a small document, with and without its pair.
func FuzzMutate(f *testing.F) {
	e := newEditor(f, []byte(smallPools))
	if _, err := e.DeletePair(pairID("a.", "b.")); err != nil {
		f.Fatal(err)
	}
	bases := []string{smallPools, string(e.Document().Bytes())}
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		text := mutate(rand.New(rand.NewPCG(seed, 1)), bases[seed%2])
		parse(t, []byte(text))
		assertEditsAreSafe(t, []byte(text))
	})
}
