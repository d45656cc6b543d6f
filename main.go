// Command terraform-provider-lync serves the Terraform provider for Lync Server and Skype for Business Server.
package main

import (
	"flag"
	"log"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

func main() {
	var debug bool
	flag.BoolVar(&debug, "debug", false, "run so that a debugger such as delve can be attached")
	flag.Parse()

	if err := provider.Serve(version.Build, debug); err != nil {
		log.Fatal(err)
	}
}
