// Command profiled serves the provider for Lync and writes a CPU profile of the process into the folder that
// BENCH_PROFILES names. Terraform starts several processes in one run.
package main

import (
	"errors"
	"log"
	"os"
	"runtime/debug"
	"runtime/pprof"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
)

func main() {
	debug.SetGCPercent(400) // as the command of the provider
	debug.SetMemoryLimit(1 << 30)
	if err := serve(os.Getenv("BENCH_PROFILES")); err != nil {
		log.Fatal(err)
	}
}

func serve(profiles string) error {
	file, err := os.CreateTemp(profiles, "provider-*.pprof")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return errors.Join(err, file.Close())
	}
	err = provider.Serve("profiled", false) // returns when Terraform asks the process to shut down
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}
