package resilience

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// mendInBuilder is the advice for a document that only the tools of the product can correct.
const mendInBuilder = "Correct the topology in Topology Builder and publish, then try again."

// oneFileStore is the advice for a pool that does not have exactly one file store.
const oneFileStore = "Define one file store for the pool in Topology Builder and publish. Until then, no pair can be " +
	"created with the pool."

const (
	adviceMissing  = "Correct the name, or define the pool with Topology Builder and publish it first."
	adviceFrontEnd = "Name a Front End pool."
)

// refusalWords words one fault of an edit. The rule is empty for a fault that no rule of the catalogue describes. Then
// the title is the summary.
type refusalWords struct {
	rule    string
	title   string // replaces the title of the rule
	detail  func(*topology.Refusal) string
	advice  string
	action  Action // of the remedy; zero for none
	setting Setting
}

// refusals has the words of every fault.
var refusals = map[topology.Fault]refusalWords{
	topology.AmbiguousName: {rule: "TD-NAME", advice: oneNameEach, detail: func(r *topology.Refusal) string {
		ids := make([]string, 0, len(r.Clusters))
		for _, id := range r.Clusters {
			ids = append(ids, id.String())
		}
		return fmt.Sprintf("The clusters %s of the topology all have the name %s, which identifies none of them.",
			phrase.List(ids), r.Pool)
	}},
	topology.PoolNotFound: {rule: "PP-EXIST", detail: poolNotFound, advice: adviceMissing},
	topology.NotFrontEnd:  {rule: "PP-KIND", detail: foundInstead, advice: adviceFrontEnd},
	topology.VersionTooOld: {rule: "PP-10-13", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("%s is a pool of %s. Pairing requires Lync Server 2013 or later.", r.Pool,
			topology.VersionName(r.Version))
	}, advice: "Migrate the pools to a later version before you pair them."},
	topology.SamePool: {rule: "PP-SELF", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("%s cannot be its own backup.", r.Pool)
	}, advice: "Name two different Front End pools."},
	topology.AmbiguousRegistrar: {rule: "BR-NODANGLE", title: "Ambiguous Registrar", advice: mendInBuilder,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The topology has more than one service %s, so %s cannot be named as a backup "+
				"registrar.",
				r.Services[0], r.Pool)
		}},
	topology.PoolNotFree: {rule: "PP-FREE", detail: poolNotFree,
		advice: "Remove what is left of a former pair in Topology Builder, or manage the pair that the pool belongs " +
			"to."},
	topology.PairNotFound: {title: "Pair not found", action: PlanAgain, detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The topology no longer links %s and %s.", r.Pool, r.Other)
	}},
	topology.PairedElsewhere: {rule: "PP-FREE", title: "Pool paired with another pool",
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("%s is paired with %s in the topology, so its pair with %s cannot be completed.",
				r.Pool, r.Other, r.Third)
		}, advice: "End one of the two pairs first."},
	topology.NotManagedPair: {rule: "PP-10-13", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("%s and %s are pools of Lync Server 2010. Their backup registrars are not a pair.", r.Pool,
			r.Other)
	}, advice: "Change them in Topology Builder."},
	topology.ServiceNeeded: {title: "Service still needed", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The pair of %s and %s cannot be removed: %s depends on %s, which belongs to the pair.",
			r.Pool, r.Other, r.Services[0], r.Services[1])
	}, advice: "Change that service in Topology Builder first."},
	topology.BackupServiceTwice: {title: "Backup service with two partners", advice: mendInBuilder,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The backup service %s of %s depends on those of %s and of another pool, so it cannot "+
				"be removed.", r.Services[0], r.Pool, r.Other)
		}},

	topology.AmbiguousBackupService: {rule: "BR-NODANGLE", title: "Ambiguous backup service", advice: mendInBuilder,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The topology has more than one service %s, so the one of %s cannot be paired.",
				r.Services[0], r.Pool)
		}},
	topology.NoDependencies: {title: "Backup service without dependencies", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The backup service %s of %s depends on nothing, not even a file store, so it cannot get "+
			"the partner %s.", r.Services[0], r.Pool, r.Other)
	}, advice: "Remove it in Topology Builder."},
	topology.SeveralFileStores: {rule: "PP-STORE", title: "Pool with several file stores", advice: oneFileStore,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The %s of %s depends on the file stores %s and %s. A backup service needs exactly one.",
				r.Found, r.Pool, r.Services[0], r.Services[1])
		}},
	topology.FileStoreNotFound: {rule: "PP-STORE", title: "File store not found", advice: oneFileStore,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The %s of %s depends on the file store %s, which the topology does not have exactly "+
				"once.",
				r.Found, r.Pool, r.Services[0])
		}},
	topology.NoFileStore: {rule: "PP-STORE", title: "Pool without a file store", advice: oneFileStore,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("No service of %s depends on a file store. A backup service needs one.", r.Pool)
		}},
	topology.SeveralActiveCentral: {rule: "CM-ONE", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The topology has %d active Central Management services, so no standby can be set up.",
			r.Count)
	},
		advice: "Decide which service is active (Invoke-CsManagementServerFailover), and remove the other services " +
			"in Topology Builder."},
	topology.OtherStandby: {rule: "CM-ONE", detail: otherStandby, advice: "Remove it in Topology Builder."},
	topology.NoDatabase: {rule: "BR-NODANGLE", title: "SQL Server instance not found", advice: mendInBuilder,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The database of the user services of %s does not resolve, so the standby Central "+
				"Management store would have no SQL Server instance.", r.Pool)
		}},
	topology.SharedInstance: {rule: "CM-ONE", title: "One SQL Server instance for both stores",
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The user services of %s have their database on the SQL Server instance of the active "+
				"Central Management store %s, and the same instance cannot have the standby.", r.Pool, r.Services[0])
		}, advice: "Choose a partner whose databases are on another SQL Server."},

	topology.ApplianceNotFound: {rule: "BR-EXIST", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The topology has no appliance %s.", r.Pool)
	}, advice: adviceMissing, setting: SettingAppliance},
	topology.NotAppliance: {rule: "BR-SITE", detail: foundInstead, setting: SettingAppliance,
		advice: "Name a Survivable Branch Appliance or Server in a branch site."},
	topology.BranchPoolNotFound: {rule: "PP-EXIST", detail: poolNotFound, advice: adviceMissing},
	topology.BranchPoolNotFrontEnd: {rule: "BR-KIND", title: "Appliance's pool is not a Front End pool",
		detail: foundInstead, advice: adviceFrontEnd},
	topology.AmbiguousPoolService: {rule: "BR-NODANGLE", title: "Ambiguous service of a pool", advice: mendInBuilder,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The topology has more than one service %s, so %s cannot be named as the pool of an "+
				"appliance.", r.Services[0], r.Pool)
		}},
	topology.SeveralUserServices: {rule: "BR-ONE", advice: mendInBuilder, setting: SettingAppliance,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("The Registrar of %s depends on %d user services with the usage Default, not on one.",
				r.Pool, r.Count)
		}},
	topology.NotOneWebService: {title: "Pool without one web service", advice: mendInBuilder, setting: SettingAppliance,
		detail: func(r *topology.Refusal) string {
			return fmt.Sprintf("%s depends on the web services of the pool that it leaves, and %s has %d of them, "+
				"not one.",
				r.Pool, r.Other, r.Count)
		}},

	topology.TooLarge: {title: "Topology too large", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("With the change, %s. This provider could no longer read that topology. Nothing was "+
			"written.", r.Defect)
	}, advice: "Remove unused objects from the topology in Topology Builder."},

	topology.Defect: {title: "Change not written", detail: func(r *topology.Refusal) string {
		return fmt.Sprintf("The change would damage the topology: %s. Nothing was written.", r.Defect)
	}, advice: "Please report the message, with the topology document if possible."},
}

// Refused returns the violation of an edit that the document does not permit.
func Refused(r *topology.Refusal) Violation {
	var rule Rule
	if id := refusals[r.Fault].rule; id != "" {
		rule = mustLookup(id)
	}
	return completed(rule, []Violation{refusalFacts(r)})[0]
}

// refusalFacts returns the violation of an edit without its rule.
func refusalFacts(r *topology.Refusal) Violation {
	words := refusals[r.Fault]
	v := Violation{
		Title: words.title, Severity: Error, Detail: words.detail(r), Advice: words.advice, Setting: words.setting,
	}
	for _, pool := range []topology.FQDN{r.Pool, r.Other, r.Third} {
		if !pool.IsZero() {
			v.Objects = append(v.Objects, pool.String())
		}
	}
	if words.action != 0 {
		v.Remedies = []Remedy{{Action: words.action, Pool: r.Pool, Other: r.Other}}
	}
	return v
}

func poolNotFound(r *topology.Refusal) string {
	return fmt.Sprintf("The topology has no pool %s.", r.Pool)
}

func foundInstead(r *topology.Refusal) string { return fmt.Sprintf("%s is %s.", r.Pool, r.Found) }

func poolNotFree(r *topology.Refusal) string {
	var found []string
	if len(r.Linked) > 0 {
		found = append(found, "it is linked with "+phrase.FQDNs(r.Linked))
	}
	if len(r.Services) > 0 {
		ids := make([]string, 0, len(r.Services))
		for _, id := range r.Services {
			ids = append(ids, id.String())
		}
		found = append(found, "parts of a pair are in the services "+phrase.List(ids))
	}
	return fmt.Sprintf("%s cannot be paired: %s.", r.Pool, strings.Join(found, "; "))
}

func otherStandby(r *topology.Refusal) string {
	where := ""
	if !r.Pool.IsZero() {
		where = fmt.Sprintf(" on %s", r.Pool)
	}
	return fmt.Sprintf("The topology has the inactive Central Management service %s%s, so no other standby can be "+
		"set up.",
		r.Services[0], where)
}

// CentralKept returns the warning that the end of a pair does not change Central Management, because both members have
// it in the same state.
func CentralKept(id topology.PairID, role topology.CentralRole) Violation {
	return completed(mustLookup("CM-ONE"), []Violation{{
		Severity: Discouraged,
		Title:    "Central Management left unchanged",
		Detail: fmt.Sprintf("Central Management is %s on both %s and %s, so neither is removed.", role, id.First,
			id.Second),
		Advice: "Decide which service is active (Invoke-CsManagementServerFailover), and remove the other service in " +
			"Topology Builder.",
		Objects: []string{id.First.String(), id.Second.String()},
	}})[0]
}
