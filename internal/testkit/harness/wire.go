package harness

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// served is a provider and its schemas.
type served struct {
	server  tfprotov6.ProviderServer
	schemas *schemas
}

func serve(ctx context.Context, server tfprotov6.ProviderServer) (*served, diagnostics) {
	resp, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, errorf("Provider failed", "GetProviderSchema: %s", err)
	}
	if diags := fromProvider(resp.Diagnostics, nil, ""); diags.failed() {
		return nil, diags
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, errorf("Provider failed", "GetResourceIdentitySchemas: %s", err)
	}
	all, err := newSchemas(resp, identities)
	if err != nil {
		return nil, errorf("Provider failed", "%s", err)
	}
	return &served{server: server, schemas: all}, nil
}

// pack encodes a value for the provider.
func pack(value cty.Value, kind cty.Type) *tfprotov6.DynamicValue {
	packed, err := msgpack.Marshal(value, kind)
	must(err)
	return &tfprotov6.DynamicValue{MsgPack: packed}
}

// unpack decodes a value from the provider. A missing value is null.
func unpack(packed *tfprotov6.DynamicValue, kind cty.Type) (cty.Value, diagnostics) {
	if packed == nil {
		return cty.NullVal(kind), nil
	}
	decode := func() (cty.Value, error) { return msgpack.Unmarshal(packed.MsgPack, kind) }
	if packed.MsgPack == nil {
		decode = func() (cty.Value, error) { return ctyjson.Unmarshal(packed.JSON, kind) }
	}
	value, err := decode()
	if err != nil {
		return cty.NilVal,
			errorf("Provider produced invalid object", "The response does not have the type of the schema: %s", err)
	}
	return value, nil
}

// rawState encodes a value in the form of a state file.
func rawState(value cty.Value, kind cty.Type) *tfprotov6.RawState {
	text, err := ctyjson.Marshal(value, kind)
	must(err)
	return &tfprotov6.RawState{JSON: text}
}

// functions returns the functions of the language and of the provider.
func (s *served) functions(ctx context.Context) map[string]function.Function {
	all := builtins()
	for name, f := range s.schemas.functions {
		all["provider::lync::"+name] = s.function(ctx, name, f)
	}
	return all
}

func (s *served) function(ctx context.Context, name string, f *tfprotov6.Function) function.Function {
	parameter := func(p *tfprotov6.FunctionParameter) function.Parameter {
		kind, err := ctyType(p.Type)
		must(err)
		return function.Parameter{
			Name: p.Name, Type: kind, AllowNull: p.AllowNullValue, AllowUnknown: p.AllowUnknownValues,
		}
	}
	spec := &function.Spec{}
	for _, p := range f.Parameters {
		spec.Params = append(spec.Params, parameter(p))
	}
	if f.VariadicParameter != nil {
		variadic := parameter(f.VariadicParameter)
		spec.VarParam = &variadic
	}
	result, err := ctyType(f.Return.Type)
	must(err)
	spec.Type = function.StaticReturnType(result)
	spec.Impl = func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		req := &tfprotov6.CallFunctionRequest{Name: name}
		for i, argument := range arguments {
			kind := cty.DynamicPseudoType
			if i < len(spec.Params) {
				kind = spec.Params[i].Type
			}
			req.Arguments = append(req.Arguments, pack(argument, kind))
		}
		resp, err := s.server.CallFunction(ctx, req)
		if err != nil {
			return cty.NilVal, err
		}
		if resp.Error != nil {
			if at := resp.Error.FunctionArgument; at != nil {
				return cty.NilVal, function.NewArgErrorf(int(*at), "%s", resp.Error.Text)
			}
			return cty.NilVal, fmt.Errorf("%s", resp.Error.Text)
		}
		value, diags := unpack(resp.Result, result)
		if diags.failed() {
			return cty.NilVal, fmt.Errorf("%s", diags)
		}
		return value, nil
	}
	return function.New(spec)
}
