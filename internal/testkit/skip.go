package testkit

import (
	"os"
	"testing"
)

// long is a variable because a TestMain may remove the environment variable before a test runs.
var long = os.Getenv("LYNC_TEST_LONG") == "1"

// SkipUnlessLong skips the test unless LYNC_TEST_LONG=1 is set, as it is by "make test-all". A test at full size calls
// it. A smaller test of the same kind must run without the variable.
func SkipUnlessLong(t testing.TB) {
	t.Helper()
	if !long {
		t.Skip("takes long: run make test-all, or set LYNC_TEST_LONG=1")
	}
}

// SkipIfShort skips the test if -short is set, as it is by "make unit". A test calls it if it needs Terraform, a server
// or a build of the provider.
func SkipIfShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs more than the test process: run make test")
	}
}

// IsLong reports whether tests run at full size. See [SkipUnlessLong].
func IsLong() bool { return long }

var proof = os.Getenv("LYNC_TEST_PROOF") == "1"

// SkipUnlessProof skips the test unless LYNC_TEST_PROOF=1 is set, as it is by "make proof". A proof at full size calls
// it. A part of the same proof must run without the variable.
func SkipUnlessProof(t testing.TB) {
	t.Helper()
	if !proof {
		t.Skip("takes long: run make proof, or set LYNC_TEST_PROOF=1")
	}
}

// IsProof reports whether proofs run at full size. See [SkipUnlessProof].
func IsProof() bool { return proof }

// needsPeers is true in continuous integration, which installs the peers.
var needsPeers = os.Getenv("LYNC_TEST_PEERS") == "1"

// SkipWithoutPeer skips the test because a program of others, against which it runs, is missing. The reason says how to
// install it. With LYNC_TEST_PEERS=1 the test fails instead.
func SkipWithoutPeer(t testing.TB, reason string) {
	t.Helper()
	if needsPeers {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
