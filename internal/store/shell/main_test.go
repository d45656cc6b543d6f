package shell_test

import (
	"os"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

func TestMain(m *testing.M) {
	shelld.Main()
	csmodule.Main()
	os.Exit(m.Run())
}
