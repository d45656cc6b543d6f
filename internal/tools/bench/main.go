// Command bench measures what the provider costs and prints one table of ratios, see the guide Performance:
//
//	make bench                      # full size; ten minutes on two cores
//	make bench BENCHARGS=-small     # each row with a few objects, to see that it works
//
// A ratio compares with the floor, a provider with the same schemas that does nothing, or with a plain operation of the
// standard library on the same bytes, measured in the same run. The command exits with 0 whatever the ratios are. It
// needs a CLI in TF_ACC_TERRAFORM_PATH, which internal/tools/with-terraform.sh sets, and a Unix system.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// sizes are the sizes of the measured operations.
type sizes struct {
	objects  int // branch backups of a configuration
	more     int // branch backups of the larger configuration
	document int // bytes of the document of objects; that of more is larger in proportion
	large    int // bytes of the document of the rows within the library
	edits    int // edits in one publish; also twice and four times as many
	publish  int // changes of the apply whose publishes are counted
	delay    int // seconds of each call of the slow management shell
	starts   int // starts of each provider
	rounds   int // repetitions of a measurement, of which the fastest counts
}

func main() {
	shelld.Main()  // this program is also the PowerShell of the double
	testing.Init() // the double uses flags of tests
	log.SetFlags(log.Ltime)

	var s sizes
	flag.IntVar(&s.objects, "objects", 1000, "branch backups of a configuration")
	flag.IntVar(&s.more, "more", 3000, "branch backups of the larger configuration, 0 for none")
	flag.IntVar(&s.document, "document", 4<<20, "bytes of the document of -objects")
	flag.IntVar(&s.large, "large", 20<<20, "bytes of the document of the rows without Terraform")
	flag.IntVar(&s.edits, "edits", 50, "edits in one publish, and twice and four times as many")
	flag.IntVar(&s.publish, "publish", 200, "changes of the apply whose publishes are counted")
	flag.IntVar(&s.delay, "delay", 2, "seconds of each call of the slow management shell")
	flag.IntVar(&s.starts, "starts", 20, "starts of each provider")
	flag.IntVar(&s.rounds, "rounds", 3, "repetitions of a measurement, of which the fastest counts")
	small := flag.Bool("small", false, "measure with a few objects, which shows only that each row works")
	only := flag.String("only", "", "regular expression for the groups of rows: library, start, file, shell")
	profiles := flag.String("profile", "", "existing folder for CPU profiles of the processes of the provider")
	flag.Parse()
	if *small {
		s = sizes{objects: 20, more: 40, document: 1 << 18, large: 1 << 20, edits: 3, publish: 20, delay: 1, starts: 2,
			rounds: 1}
	}
	if err := run(s, regexp.MustCompile(*only), *profiles); err != nil {
		log.Fatal(err)
	}
}

// run measures the groups of rows that match a regular expression, and prints the table. It writes profiles into a
// folder if that has a name.
func run(s sizes, only *regexp.Regexp, profiles string) error {
	work, err := os.MkdirTemp("", "lync-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // a file left in the temporary folder does not matter
	c, err := newContenders(work, profiles)
	if err != nil {
		return err
	}
	var t table
	measured := false
	for _, group := range []struct {
		name    string
		measure func(*table, sizes, contenders) error
	}{
		{"library", measureLibrary}, {"start", measureStart}, {"file", measureFile}, {"shell", measureShell},
	} {
		if !only.MatchString(group.name) {
			continue
		}
		measured = true
		if err := group.measure(&t, s, c); err != nil {
			return fmt.Errorf("measure %s: %w", group.name, err)
		}
	}
	if !measured {
		return fmt.Errorf("no group of rows matches %q", only)
	}
	t.print(os.Stdout)
	return nil
}

// contender is a built provider.
type contender struct {
	name   string // its name in the registry
	path   string
	silent bool // whether the framework writes no logs
}

// contenders are the provider, the floor with and without logs, and what their runs have in common.
type contenders struct {
	lync, floor, silent contender
	cli                 string // path of Terraform or OpenTofu
	work                string // folder for workspaces
}

// newContenders builds both providers in a folder: that for Lync with or without profiles.
func newContenders(work, profiles string) (contenders, error) {
	const module = "github.com/lync-iac/terraform-provider-lync"
	c := contenders{work: work, cli: os.Getenv("TF_ACC_TERRAFORM_PATH")}
	if c.cli == "" {
		return c, fmt.Errorf("TF_ACC_TERRAFORM_PATH is not set: run make bench")
	}
	lync := module
	if profiles != "" {
		profiles, err := filepath.Abs(profiles)
		if err != nil {
			return c, err
		}
		if err := os.Setenv("BENCH_PROFILES", profiles); err != nil {
			return c, err
		}
		lync = module + "/internal/tools/bench/profiled"
	}
	for _, built := range []struct {
		to   *contender
		name string
		pkg  string
	}{
		{&c.lync, "lync", lync},
		{&c.floor, "floor", module + "/internal/tools/bench/floor"},
	} {
		*built.to = contender{name: built.name, path: filepath.Join(work, "terraform-provider-"+built.name)}
		log.Printf("build %s", built.pkg)
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-ldflags=-s -w",
			"-o", built.to.path, built.pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return c, fmt.Errorf("build %s: %w\n%s", built.pkg, err, out)
		}
	}
	c.silent = c.floor
	c.silent.silent = true
	return c, nil
}
