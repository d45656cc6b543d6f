// Command terraform-provider-lync serves the Terraform provider for Lync Server and Skype for Business Server.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

func main() {
	var debug bool
	flag.BoolVar(&debug, "debug", false, "run so that a debugger such as delve can be attached")
	flag.Parse()

	err := provider.Serve(context.Background(), version.Build, providerserver.ServeOpts{
		Address: "registry.terraform.io/lync-iac/lync",
		Debug:   debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
