package shell_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// TestEveryFaultAtEveryStep checks that the result of a publish is true after every fault at every step, and that the
// next attempt repairs the rest.
func TestEveryFaultAtEveryStep(t *testing.T) {
	t.Parallel()
	steps := []shelld.Step{
		shelld.Connect, shelld.Read, shelld.Writing, shelld.Publishing, shelld.Published, shelld.Enabling,
		shelld.Answer,
	}
	kinds := map[string]struct {
		fault  shelld.Fault
		cancel time.Duration
	}{
		"lost":                  {shelld.Fault{Lost: true}, 0},
		"detached":              {shelld.Fault{Detached: true, Slow: 2 * time.Minute}, 0},
		"detached, denied":      {shelld.Fault{Detached: true, Slow: 2 * time.Minute, Denied: true}, 0},
		"detached, not enabled": {shelld.Fault{Detached: true, Slow: 2 * time.Minute, EnableFails: true}, 0},
		"hung and canceled":     {shelld.Fault{Hang: true}, time.Minute},
		"slow and canceled":     {shelld.Fault{Slow: 4 * time.Minute}, time.Minute},
		"slow, canceled, cut":   {shelld.Fault{Slow: 4 * time.Minute, Cut: true}, time.Minute},
		"slow":                  {shelld.Fault{Slow: 4 * time.Minute}, 0},
		"cut":                   {shelld.Fault{Cut: true}, 0},
		"failed":                {shelld.Fault{Exit: true}, 0},
		"refused":               {shelld.Fault{Refuse: true}, 0},
		"refused and lost":      {shelld.Fault{Refuse: true, Lost: true}, 0},
		"denied and cut":        {shelld.Fault{Denied: true, Cut: true}, 0},
		"not read":              {shelld.Fault{ReadFails: true}, 0},
		"not enabled and lost":  {shelld.Fault{EnableFails: true, Lost: true}, 0},
		"errors and lost":       {shelld.Fault{PublishReportsError: true, Lost: true}, 0},
	}

	base := paired()
	next := unpaired(t, base)
	for name, kind := range kinds {
		for _, step := range steps {
			for _, watched := range []bool{true, false} {
				if !watched && kind.cancel == 0 {
					continue // no difference
				}
				if kind.fault.Detached && kind.fault.Denied && step == shelld.Enabling {
					continue // the script does not reach the step
				}
				t.Run(fmt.Sprintf("%s/%s/%v", name, step, watched), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						double := shelld.New(t, base)

						fault := kind.fault
						fault.Script, fault.At = shell.PublishTopology, step
						double.Inject(fault)

						ctx, stop := context.WithTimeout(t.Context(), 30*time.Minute)
						defer stop()
						if kind.cancel > 0 {
							time.AfterFunc(kind.cancel, stop)
						}
						var transport powershell.Transport = double
						if !watched {
							transport = double.Unwatched()
						}
						began := time.Now()
						result, err := shell.New(transport, shell.Options{}).Publish(ctx, base, next)
						if took := time.Since(began); kind.cancel > 0 && took > kind.cancel+6*time.Minute {
							t.Errorf("the publish took %s", took)
						}

						// Wait for the end of a detached script.
						time.Sleep(10 * time.Minute)
						synctest.Wait()

						published := bytes.Equal(double.Document(), next)
						enabled := double.Counts().Enables > 0
						switch {
						case succeeded(result, err) && (!published || !enabled):
							t.Errorf("no error, published %v, enabled %v", published, enabled)
						case (notPublished(result, err) || refused(result, err)) && published:
							t.Errorf("published, and the error is: %v", err)
						case notEnabled(result, err) && !published:
							t.Errorf("not published, and NotEnabled is: %v", result.NotEnabled)
						case !succeeded(result, err) && !notPublished(result, err) && !refused(result, err) &&
							!notEnabled(result, err):
							t.Errorf("%T: %s", err, message(result, err))
						}
						double.ClearFaults()

						s := shell.New(double, shell.Options{})
						switch {
						case succeeded(result, err):
						case published:
							_, err = s.Enable(t.Context())
						default:
							_, err = s.Publish(t.Context(), base, next)
						}
						if err != nil || !bytes.Equal(double.Document(), next) {
							t.Errorf("not repaired: %v", err)
						}
					})
				})
			}
		}
	}
}
