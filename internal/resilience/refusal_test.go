package resilience

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// declaredFaults returns the constants of the type Fault in package topology.
func declaredFaults(t *testing.T) []topology.Fault {
	t.Helper()
	files, err := filepath.Glob("../topology/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var faults []topology.Fault
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			constants, isGeneral := decl.(*ast.GenDecl)
			if !isGeneral || constants.Tok != token.CONST {
				continue
			}
			for _, spec := range constants.Specs {
				if constant, isConstant := spec.(*ast.ValueSpec); isConstant {
					faults = append(faults, faultsOf(t, constant)...)
				}
			}
		}
	}
	return faults
}

// faultsOf returns the faults of a constant specification, which is "Name Fault = text" or "Name = Fault(text)".
func faultsOf(t *testing.T, spec *ast.ValueSpec) []topology.Fault {
	t.Helper()
	isFault := func(expr ast.Expr) bool {
		name, isName := expr.(*ast.Ident)
		return isName && name.Name == "Fault"
	}
	var faults []topology.Fault
	for _, value := range spec.Values {
		if call, isCall := value.(*ast.CallExpr); isCall && isFault(call.Fun) {
			value = call.Args[0]
		} else if !isFault(spec.Type) {
			continue
		}
		literal, isLiteral := value.(*ast.BasicLit)
		if !isLiteral {
			t.Fatalf("the value of %s is not a literal", spec.Names)
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatalf("the value of %s: %v", spec.Names, err)
		}
		faults = append(faults, topology.Fault(text))
	}
	return faults
}

// serviceIDs parses identities such as "1-Registrar-1".
func serviceIDs(texts ...string) []topology.ServiceID {
	var services []topology.ServiceID
	for _, text := range texts {
		parts := strings.Split(text, "-")
		services = append(services, topology.ServiceID{Site: parts[0], Role: parts[1], Instance: parts[2]})
	}
	return services
}

// refusalTests has each fault with the objects that package topology reports for it, and the expected violation.
var refusalTests = []struct {
	refusal topology.Refusal
	summary string
	detail  string
	advice  string
	objects string
	remedy  Remedy
}{
	{
		refusal: topology.Refusal{Fault: topology.PoolNotFound, Pool: fqdn("a")},
		summary: "Pool not in the topology (PP-EXIST)",
		detail:  "The topology has no pool a.contoso.com.",
		objects: "a.contoso.com",
		advice:  "Correct the name, or define the pool with Topology Builder and publish it first.",
	},
	{
		refusal: topology.Refusal{Fault: topology.NotFrontEnd, Pool: fqdn("a"), Found: "a SQL Server host"},
		summary: "Not a Front End pool (PP-KIND)",
		detail:  "a.contoso.com is a SQL Server host.",
		objects: "a.contoso.com",
		advice:  "Name a Front End pool.",
	},
	{
		refusal: topology.Refusal{Fault: topology.VersionTooOld, Pool: fqdn("a"), Version: v2010},
		summary: "Lync Server 2010 pool cannot be paired (PP-10-13)",
		detail:  "a.contoso.com is a pool of Lync Server 2010. Pairing requires Lync Server 2013 or later.",
		objects: "a.contoso.com",
		advice:  "Migrate the pools to a later version before you pair them.",
	},
	{
		refusal: topology.Refusal{Fault: topology.SamePool, Pool: fqdn("a")},
		summary: "Pool paired with itself (PP-SELF)",
		detail:  "a.contoso.com cannot be its own backup.",
		objects: "a.contoso.com",
		advice:  "Name two different Front End pools.",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.AmbiguousRegistrar, Pool: fqdn("a"), Services: serviceIDs("1-Registrar-1"),
		},
		summary: "Ambiguous Registrar (BR-NODANGLE)",
		detail: "The topology has more than one service 1-Registrar-1, so a.contoso.com cannot be named as a backup " +
			"registrar.",
		advice:  mendInBuilder,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.PoolNotFree, Pool: fqdn("a"), Linked: []topology.FQDN{fqdn("b"), fqdn("c")},
			Services: serviceIDs("1-Registrar-1", "1-BackupService-1"),
		},
		summary: "Pool is not free (PP-FREE)",
		detail: "a.contoso.com cannot be paired: it is linked with b.contoso.com and c.contoso.com; parts of a " +
			"pair are in the services 1-Registrar-1 and 1-BackupService-1.",
		advice: "Remove what is left of a former pair in Topology Builder, or manage the pair that the pool belongs " +
			"to.",
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.PoolNotFree, Pool: fqdn("a"), Linked: []topology.FQDN{fqdn("b")},
		},
		summary: "Pool is not free (PP-FREE)",
		detail:  "a.contoso.com cannot be paired: it is linked with b.contoso.com.",
		advice: "Remove what is left of a former pair in Topology Builder, or manage the pair that the pool belongs " +
			"to.",
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.PoolNotFree, Pool: fqdn("a"), Services: serviceIDs("1-BackupService-1"),
		},
		summary: "Pool is not free (PP-FREE)",
		detail:  "a.contoso.com cannot be paired: parts of a pair are in the services 1-BackupService-1.",
		advice: "Remove what is left of a former pair in Topology Builder, or manage the pair that the pool belongs " +
			"to.",
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.PairNotFound, Pool: fqdn("a"), Other: fqdn("b")},
		summary: "Pair not found",
		detail:  "The topology no longer links a.contoso.com and b.contoso.com.",
		objects: "a.contoso.com b.contoso.com",
		remedy:  Remedy{Action: PlanAgain, Pool: fqdn("a"), Other: fqdn("b")},
	},
	{
		refusal: topology.Refusal{
			Fault: topology.PairedElsewhere, Pool: fqdn("b"), Other: fqdn("c"), Third: fqdn("a"),
		},
		summary: "Pool paired with another pool (PP-FREE)",
		detail: "b.contoso.com is paired with c.contoso.com in the topology, so its pair with a.contoso.com cannot " +
			"be completed.",
		advice:  "End one of the two pairs first.",
		objects: "a.contoso.com b.contoso.com c.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.NotManagedPair, Pool: fqdn("a"), Other: fqdn("b")},
		summary: "Lync Server 2010 pool cannot be paired (PP-10-13)",
		detail: "a.contoso.com and b.contoso.com are pools of Lync Server 2010. Their backup registrars are not a " +
			"pair.",
		advice:  "Change them in Topology Builder.",
		objects: "a.contoso.com b.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.ServiceNeeded, Pool: fqdn("a"), Other: fqdn("b"),
			Services: serviceIDs("3-BackupService-1", "1-BackupService-1"),
		},
		summary: "Service still needed",
		detail: "The pair of a.contoso.com and b.contoso.com cannot be removed: 3-BackupService-1 depends on " +
			"1-BackupService-1, which belongs to the pair.",
		advice:  "Change that service in Topology Builder first.",
		objects: "a.contoso.com b.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.BackupServiceTwice, Pool: fqdn("a"), Other: fqdn("b"),
			Services: serviceIDs("1-BackupService-1"),
		},
		summary: "Backup service with two partners",
		detail: "The backup service 1-BackupService-1 of a.contoso.com depends on those of b.contoso.com and of " +
			"another pool, so it cannot be removed.",
		advice:  mendInBuilder,
		objects: "a.contoso.com b.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.AmbiguousBackupService, Pool: fqdn("a"), Services: serviceIDs("1-BackupService-1"),
		},
		summary: "Ambiguous backup service (BR-NODANGLE)",
		detail: "The topology has more than one service 1-BackupService-1, so the one of a.contoso.com cannot be " +
			"paired.",
		advice:  mendInBuilder,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.NoDependencies, Pool: fqdn("a"), Other: fqdn("b"),
			Services: serviceIDs("1-BackupService-1"),
		},
		summary: "Backup service without dependencies",
		detail: "The backup service 1-BackupService-1 of a.contoso.com depends on nothing, not even a file store, so " +
			"it cannot get the partner b.contoso.com.",
		advice:  "Remove it in Topology Builder.",
		objects: "a.contoso.com b.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.SeveralFileStores, Pool: fqdn("a"), Found: "ConfServices",
			Services: serviceIDs("1-FileStore-1", "1-FileStore-2"),
		},
		summary: "Pool with several file stores (PP-STORE)",
		detail: "The ConfServices of a.contoso.com depends on the file stores 1-FileStore-1 and 1-FileStore-2. " +
			"A backup service needs exactly one.",
		advice:  oneFileStore,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.FileStoreNotFound, Pool: fqdn("a"), Found: "ConfServices",
			Services: serviceIDs("1-FileStore-1"),
		},
		summary: "File store not found (PP-STORE)",
		detail: "The ConfServices of a.contoso.com depends on the file store 1-FileStore-1, which the topology does " +
			"not have exactly once.",
		advice:  oneFileStore,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.NoFileStore, Pool: fqdn("a")},
		summary: "Pool without a file store (PP-STORE)",
		detail:  "No service of a.contoso.com depends on a file store. A backup service needs one.",
		advice:  oneFileStore,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.SeveralActiveCentral, Count: 2},
		summary: "Second Central Management store (CM-ONE)",
		detail:  "The topology has 2 active Central Management services, so no standby can be set up.",
		advice: "Decide which service is active (Invoke-CsManagementServerFailover), and remove the other services " +
			"in Topology Builder.",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.OtherStandby, Pool: fqdn("a"), Services: serviceIDs("1-CentralMgmt-1"),
		},
		summary: "Second Central Management store (CM-ONE)",
		detail: "The topology has the inactive Central Management service 1-CentralMgmt-1 on a.contoso.com, so no " +
			"other standby can be set up.",
		advice:  "Remove it in Topology Builder.",
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.OtherStandby, Services: serviceIDs("1-CentralMgmt-1")},
		summary: "Second Central Management store (CM-ONE)",
		detail: "The topology has the inactive Central Management service 1-CentralMgmt-1, so no other standby can " +
			"be set up.",
		advice: "Remove it in Topology Builder.",
	},
	{
		refusal: topology.Refusal{Fault: topology.NoDatabase, Pool: fqdn("a")},
		summary: "SQL Server instance not found (BR-NODANGLE)",
		detail: "The database of the user services of a.contoso.com does not resolve, so the standby Central " +
			"Management store would have no SQL Server instance.",
		advice:  mendInBuilder,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.SharedInstance, Pool: fqdn("a"), Services: serviceIDs("1-CentralMgmtStore-1"),
		},
		summary: "One SQL Server instance for both stores (CM-ONE)",
		detail: "The user services of a.contoso.com have their database on the SQL Server instance of the active " +
			"Central Management store 1-CentralMgmtStore-1, and the same instance cannot have the standby.",
		objects: "a.contoso.com",
		advice:  "Choose a partner whose databases are on another SQL Server.",
	},
	{
		refusal: topology.Refusal{Fault: topology.ApplianceNotFound, Pool: fqdn("sba")},
		summary: "Appliance not in the topology (BR-EXIST)",
		detail:  "The topology has no appliance sba.contoso.com.",
		objects: "sba.contoso.com",
		advice:  "Correct the name, or define the pool with Topology Builder and publish it first.",
	},
	{
		refusal: topology.Refusal{Fault: topology.NotAppliance, Pool: fqdn("a"), Found: "a Front End pool"},
		summary: "Not an appliance in a branch site (BR-SITE)",
		detail:  "a.contoso.com is a Front End pool.",
		objects: "a.contoso.com",
		advice:  "Name a Survivable Branch Appliance or Server in a branch site.",
	},
	{
		refusal: topology.Refusal{Fault: topology.BranchPoolNotFound, Pool: fqdn("a")},
		summary: "Pool not in the topology (PP-EXIST)",
		detail:  "The topology has no pool a.contoso.com.",
		objects: "a.contoso.com",
		advice:  "Correct the name, or define the pool with Topology Builder and publish it first.",
	},
	{
		refusal: topology.Refusal{Fault: topology.BranchPoolNotFrontEnd, Pool: fqdn("a"), Found: "a Director"},
		summary: "Appliance's pool is not a Front End pool (BR-KIND)",
		detail:  "a.contoso.com is a Director.",
		objects: "a.contoso.com",
		advice:  "Name a Front End pool.",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.AmbiguousPoolService, Pool: fqdn("a"), Found: "UserServices",
			Services: serviceIDs("1-UserServices-1"),
		},
		summary: "Ambiguous service of a pool (BR-NODANGLE)",
		detail: "The topology has more than one service 1-UserServices-1, so a.contoso.com cannot be named as the " +
			"pool of an appliance.",
		advice:  mendInBuilder,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.SeveralUserServices, Pool: fqdn("sba"), Count: 2},
		summary: "Appliance without exactly one pool (BR-ONE)",
		detail:  "The Registrar of sba.contoso.com depends on 2 user services with the usage Default, not on one.",
		advice:  mendInBuilder,
		objects: "sba.contoso.com",
	},
	{
		refusal: topology.Refusal{Fault: topology.NotOneWebService, Pool: fqdn("sba"), Other: fqdn("a"), Count: 2},
		summary: "Pool without one web service",
		detail: "sba.contoso.com depends on the web services of the pool that it leaves, and a.contoso.com has 2 of " +
			"them, not one.",
		advice:  mendInBuilder,
		objects: "a.contoso.com sba.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.AmbiguousName, Pool: fqdn("a"),
			Clusters: []topology.ClusterID{{Site: "1", Number: "1"}, {Site: "2", Number: "1"}},
		},
		summary: "Name that identifies no single cluster (TD-NAME)",
		detail: "The clusters 1:1 and 2:1 of the topology all have the name a.contoso.com, which identifies none of " +
			"them.",
		advice:  oneNameEach,
		objects: "a.contoso.com",
	},
	{
		refusal: topology.Refusal{
			Fault: topology.TooLarge, Defect: "the document has 1000001 elements, more than 1000000",
		},
		summary: "Topology too large",
		detail: "With the change, the document has 1000001 elements, more than 1000000. This provider could no " +
			"longer read that topology. Nothing was written.",
		advice: "Remove unused objects from the topology in Topology Builder.",
	},
	{
		refusal: topology.Refusal{Fault: topology.Defect, Defect: "the pair is incomplete after the change"},
		summary: "Change not written",
		detail:  "The change would damage the topology: the pair is incomplete after the change. Nothing was written.",
		advice:  "Please report the message, with the topology document if possible.",
	},
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range refusalTests {
		t.Run(string(tt.refusal.Fault), func(t *testing.T) {
			got := Refused(&tt.refusal)
			if got.Severity != Error {
				t.Errorf("the severity is %s", got.Severity)
			}
			if got.Summary() != tt.summary {
				t.Errorf("summary\n%s\nwant\n%s", got.Summary(), tt.summary)
			}
			if got.Detail != tt.detail {
				t.Errorf("detail\n%s\nwant\n%s", got.Detail, tt.detail)
			}
			if got.Advice != tt.advice {
				t.Errorf("advice\n%s\nwant\n%s", got.Advice, tt.advice)
			}
			if objects := strings.Join(got.Objects, " "); objects != tt.objects {
				t.Errorf("objects %q, want %q", objects, tt.objects)
			}
			var remedies []Remedy
			if tt.remedy.Action != 0 {
				remedies = []Remedy{tt.remedy}
			}
			if !slices.Equal(got.Remedies, remedies) {
				t.Errorf("remedies %v, want %v", got.Remedies, remedies)
			}
			if strings.Contains(textOf(got), "%!") {
				t.Errorf("broken format: %s", textOf(got))
			}
		})
	}
}

// Each fault that package topology declares has words and a row in the table, and no other fault has.
func TestEachFaultHasWords(t *testing.T) {
	t.Parallel()
	faults := declaredFaults(t)
	if len(faults) == 0 {
		t.Fatal("no fault was found in the source of package topology")
	}
	for _, fault := range faults {
		words := refusals[fault]
		if words.detail == nil || words.rule == "" && words.title == "" || words.advice == "" && words.action == 0 {
			t.Errorf("the fault %q needs a detail, a rule or a title, and advice or a remedy: %+v", fault, words)
		}
		isTested := false
		for _, tt := range refusalTests {
			isTested = isTested || tt.refusal.Fault == fault
		}
		if !isTested {
			t.Errorf("the fault %q is not in the table of tests", fault)
		}
	}
	for fault := range refusals {
		if !slices.Contains(faults, fault) {
			t.Errorf("package topology does not declare the fault %q", fault)
		}
	}
}

// Both states of Central Management are named. The warning is not an error, and does not prevent the end of the pair.
func TestCentralKept(t *testing.T) {
	t.Parallel()
	id := topology.NewPairID(fqdn("b"), fqdn("a"))
	for role, detail := range map[topology.CentralRole]string{
		topology.CentralActive: "Central Management is active on both a.contoso.com and b.contoso.com, so neither is " +
			"removed.",
		topology.CentralStandby: "Central Management is standby on both a.contoso.com and b.contoso.com, so neither " +
			"is removed.",
	} {
		got := CentralKept(id, role)
		if got.Summary() != "Central Management left unchanged (CM-ONE)" || got.Severity != Discouraged {
			t.Errorf("%s: %s, %s", role, got.Summary(), got.Severity)
		}
		if got.Detail != detail {
			t.Errorf("%s: detail\n%s\nwant\n%s", role, got.Detail, detail)
		}
		if objects := strings.Join(got.Objects, " "); objects != "a.contoso.com b.contoso.com" {
			t.Errorf("%s: objects %q", role, objects)
		}
		assertTexts(t, []Violation{got}, "Decide which service is active (Invoke-CsManagementServerFailover), and "+
			"remove the other service in Topology Builder.")
	}
}
