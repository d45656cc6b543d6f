package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestKeepSpelling(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     types.String
		observed string
		want     types.String
	}{
		{types.StringValue("Pool.contoso.com."), "pool.contoso.com", types.StringValue("Pool.contoso.com.")},
		{types.StringValue("pool.contoso.com"), "other.contoso.com", types.StringValue("other.contoso.com")},
		{types.StringValue("a.contoso.com, b.contoso.com"), "", types.StringNull()},
		{types.StringValue("a.contoso.com"), "a.contoso.com, b.contoso.com",
			types.StringValue("a.contoso.com, b.contoso.com")},
		{types.StringValue("p 01.contoso.com"), "p 01.contoso.com", types.StringValue("p 01.contoso.com")},
		{types.StringNull(), "", types.StringNull()},
	} {
		if got := keepSpelling(test.name, test.observed); !got.Equal(test.want) {
			t.Errorf("%s, observed %q: %s, want %s", test.name, test.observed, got, test.want)
		}
	}
}
