package client

import (
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

// desiredPair returns the pair "ab" with the default settings.
func desiredPair(pair string) resilience.Pair {
	a, b := memory.Members(pair)
	s := resilience.Settings{AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute}
	return resilience.Pair{Members: [2]string{a, b}, Settings: map[string]resilience.Settings{a: s, b: s}}
}
