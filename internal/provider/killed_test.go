package provider

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
)

// KillVariable is the environment variable with a [Kill] in JSON. It makes the test binary act as the provider.
const KillVariable = "LYNC_TEST_KILL"

// The processes that a kill ends.
const (
	KillProvider  = "provider"
	KillTerraform = "Terraform"
	KillBoth      = "Terraform and provider"
)

// The files in the folder of a kill.
const (
	KilledAlive     = "alive"     // locked as long as a provider process runs
	KilledSteps     = "steps"     // the steps of all publishes, one on each line
	KilledPublished = "published" // the first part of the names of the documents that a publish was about to rename
)

// Kill describes when a process of an apply is killed. The steps of an apply are those of the file store from the first
// publish on.
type Kill struct {
	Folder string // receives the files of the kill
	Victim string
	Step   string // the victim is killed before this step; "" for never
	Nth    int    // number of the step among those of its kind, from 1
}

// killedMain acts as the provider and exits if Terraform started this process with [KillVariable], otherwise it
// returns. TestMain calls it first. The process kills itself when its standard input ends, which is that of Terraform.
func killedMain() {
	text := os.Getenv(KillVariable)
	if text == "" {
		return
	}
	k := &killed{parent: os.Getppid(), seen: map[string]int{}}
	k.replaced = sync.NewCond(&k.mu)
	err := json.Unmarshal([]byte(text), &k.Kill)
	if err == nil {
		_, err = flock.New(filepath.Join(k.Folder, KilledAlive)).TryRLock()
	}
	if err == nil {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			kill(os.Getpid())
		}()
		err = k.serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// killed is a provider process that ends at a step.
type killed struct {
	Kill
	parent int // the process id of Terraform

	mu        sync.Mutex
	seen      map[string]int // number of steps of each kind
	replacing bool           // the document is being replaced
	replaced  *sync.Cond     // signals the end of that
}

// serve is [Serve] with a file store that calls step.
func (k *killed) serve() error {
	if err := silenceLogs(); err != nil {
		return err
	}
	open := func(l location) store.Store { return file.NewForTest(l.file, k.step) }
	return tf6server.Serve(address, func() tfprotov6.ProviderServer {
		return NewServer(newWithStore("test", open)())
	})
}

// step records a step and kills the victim before it. An error fails the step. During a replacement of the document,
// the steps of loads wait, so that the order of the steps shows the document at each step.
func (k *killed) step(step, path string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) == 0 && step != FirstStep {
		return nil // the document is loaded
	}
	if step == ReplaceStep || step == FlushDirectoryStep || step == RemoveStep {
		k.replacing = step == ReplaceStep
		k.replaced.Broadcast()
	}
	for k.replacing && step != ReplaceStep {
		k.replaced.Wait()
	}
	k.seen[step]++
	if err := k.record(step); err != nil {
		return err
	}
	if step == ReplaceStep {
		next, err := os.ReadFile(path) //nolint:gosec // the temporary file
		if err == nil {
			name := fmt.Sprintf("%s-%03d.xml", KilledPublished, k.seen[step])
			err = os.WriteFile(filepath.Join(k.Folder, name), next, 0o600)
		}
		if err != nil {
			return err
		}
	}
	if step != k.Step || k.seen[step] != k.Nth {
		return nil
	}
	if step == WriteStep {
		// As if the process is killed within the write.
		if err := os.WriteFile(path, []byte("<Topology xmlns="), 0o600); err != nil {
			return err
		}
	}
	if k.Victim != KillProvider && os.Getppid() == k.parent { // otherwise it has ended
		kill(k.parent)
	}
	if k.Victim != KillTerraform {
		kill(os.Getpid())
	}
	return nil
}

// record writes a step to the file [KilledSteps].
func (k *killed) record(step string) error {
	f, err := os.OpenFile(filepath.Join(k.Folder, KilledSteps), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(step + "\n"); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// kill ends a process as kill -9 does. It does not return if this is the own process.
func kill(pid int) {
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if pid == os.Getpid() {
		select {} // until the signal arrives
	}
}
