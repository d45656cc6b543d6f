package testkit

import "testing"

// Outside skips a test that was started with -short, as "make unit" does: it needs Terraform, a server, or a build of
// the provider.
func Outside(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs more than the test process: run make test")
	}
}
