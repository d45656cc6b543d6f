package shelld_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

func TestSetDocument(t *testing.T) {
	t.Parallel()
	double := shelld.New(t, testkit.Paired().Document())
	other := testkit.Estate{Pools: []testkit.Pool{{FQDN: "paris", Site: 1}}}.Document()
	double.SetDocument(other)
	if got, want := string(double.Document()), testkit.Decode(other); got != want {
		t.Errorf("the document is\n%s", testkit.Diff([]byte(want), []byte(got)))
	}
	if len(double.Requests()) != 0 || double.Unwatched().Host() != shelld.HostName || double.Close() != nil {
		t.Error("a new double has requests, another host name or a close error")
	}
}
