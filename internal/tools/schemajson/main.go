// Command schemajson prints what `terraform providers schema -json` says of this provider, without Terraform: it asks
// the provider itself. Whatever Terraform is installed, all that the provider has is in it, identities too.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
)

const address = "registry.terraform.io/lync-iac/lync"

func main() {
	log.SetFlags(0)
	// tfplugindocs looks for a provider of HashiCorp's, or for one of that mere name.
	name := flag.String("name", address, "what to list the provider as")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *name); err != nil {
		log.Fatal("schemajson: ", err)
	}
}

func run(ctx context.Context, out io.Writer, name string) error {
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		return err
	}
	schemas, identities, err := ask(ctx, server)
	if err != nil {
		return err
	}
	converted, err := providerSchema(schemas, identities)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(tfjson.ProviderSchemas{
		FormatVersion: "1.0",
		Schemas:       map[string]*tfjson.ProviderSchema{name: converted},
	})
}

// ask has the provider tell its schemas and its identities.
func ask(
	ctx context.Context, server tfprotov6.ProviderServer,
) (*tfprotov6.GetProviderSchemaResponse, *tfprotov6.GetResourceIdentitySchemasResponse, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err == nil {
		err = failed(schemas.Diagnostics)
	}
	if err != nil {
		return nil, nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err == nil {
		err = failed(identities.Diagnostics)
	}
	if err != nil {
		return nil, nil, err
	}
	return schemas, identities, nil
}

// failed returns the errors among diagnostics.
func failed(diags []*tfprotov6.Diagnostic) error {
	var all []error
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			all = append(all, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(all...)
}
