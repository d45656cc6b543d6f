package client

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// PairID is that of package topology.
type PairID = topology.PairID

// NewPairID returns the identity of the pair of two pools, given in any order and spelling.
func NewPairID(a, b string) PairID { return topology.NewPairID(a, b) }

// ParsePairID reads "a,b" in any order and spelling.
func ParsePairID(text string) (PairID, error) { return topology.ParsePairID(text) }
