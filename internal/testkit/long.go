package testkit

import (
	"os"
	"testing"
)

// long is read before a TestMain can remove the variable.
var long = os.Getenv("LYNC_TEST_LONG") == "1"

// Long skips a test unless the environment has LYNC_TEST_LONG=1, which "make test-all" sets. It is for tests that take
// long at full size. A smaller test of the same kind must run without the variable.
func Long(t testing.TB) {
	t.Helper()
	if !long {
		t.Skip("takes long: run make test-all, or set LYNC_TEST_LONG=1")
	}
}
