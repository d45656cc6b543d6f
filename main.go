// Command terraform-provider-lync serves the Terraform provider for Lync Server and Skype for Business Server.
package main

import (
	"flag"
	"log"
	"os"
	"runtime/debug"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

// Most of what a call of Terraform allocates is garbage at its end. With this percentage, plans and applies take a
// fifth less CPU time, see make bench. The soft limit bounds the memory for documents of several megabytes.
const (
	gcPercent   = 400
	memoryLimit = 1 << 30
)

func main() {
	var debugging bool
	flag.BoolVar(&debugging, "debug", false, "run so that a debugger such as delve can be attached")
	flag.Parse()
	tuneMemory()
	if err := provider.Serve(version.Build, debugging); err != nil {
		log.Fatal(err)
	}
}

// tuneMemory sets up the garbage collector, unless the user has done so.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
