package client

import (
	"fmt"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

// BenchmarkEstate plans and applies 150 pairs on a document of 300 pools and 600 appliances.
func BenchmarkEstate(b *testing.B) {
	e := testkit.Estate{}
	for i := range 300 {
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1})
		e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("p%d", i), Site: i + 1})
	}
	for i := range 600 {
		e.Sites = append(e.Sites, testkit.Site{ID: 1000 + i, Branch: true, Parent: i%300 + 1})
		e.Appliances = append(e.Appliances,
			testkit.Appliance{FQDN: fmt.Sprintf("sba%d", i), Site: 1000 + i, Pool: fmt.Sprintf("p%d", i%300)})
	}
	doc := e.Document()
	b.ReportMetric(float64(len(doc)), "bytes")
	for b.Loop() {
		s := memory.New(doc)
		each := func(do func(c *Client, i int) error) {
			c := New(s, Options{})
			var group sync.WaitGroup
			slots := make(chan struct{}, 10) // as Terraform's parallelism
			for i := range 150 {
				slots <- struct{}{}
				group.Go(func() {
					defer func() { <-slots }()
					if err := do(c, i); err != nil {
						b.Error(err)
					}
				})
			}
			group.Wait()
		}
		desired := func(i int) string { return fmt.Sprintf("p%d p%d", 2*i, 2*i+1) }
		each(func(c *Client, i int) error {
			_, err := c.PlanCreate(b.Context(), memory.DesiredPair(desired(i)))
			return err
		})
		each(func(c *Client, i int) error {
			_, _, err := c.CreatePair(b.Context(), memory.DesiredPair(desired(i)))
			return err
		})
	}
}
