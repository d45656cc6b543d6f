// Command schemajson prints the schema of this provider in the format of `terraform providers schema -json`. It does
// not need Terraform. The output is complete, including identities, and does not depend on a version of Terraform.
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
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
)

const address = "registry.terraform.io/lync-iac/lync"

func main() {
	log.SetFlags(0)
	// tfplugindocs expects a provider of HashiCorp or a name without a host.
	name := flag.String("name", address, "`name` of the provider in the output")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *name); err != nil {
		log.Fatal("schemajson: ", err)
	}
}

func run(ctx context.Context, out io.Writer, name string) error {
	server := provider.NewServer(provider.New("dev")())
	schemas, identities, err := readSchemas(ctx, server)
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

// readSchemas returns the schemas and the identity schemas of a provider.
func readSchemas(
	ctx context.Context, server tfprotov6.ProviderServer,
) (*tfprotov6.GetProviderSchemaResponse, *tfprotov6.GetResourceIdentitySchemasResponse, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err == nil {
		err = errorOf(schemas.Diagnostics)
	}
	if err != nil {
		return nil, nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err == nil {
		err = errorOf(identities.Diagnostics)
	}
	if err != nil {
		return nil, nil, err
	}
	return schemas, identities, nil
}

// errorOf returns the errors in diagnostics, or nil.
func errorOf(diags []*tfprotov6.Diagnostic) error {
	var all []error
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			all = append(all, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(all...)
}
