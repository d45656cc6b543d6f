package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Test runs the steps of a test case as [resource.UnitTest] does: for each step plan, plan checks, apply, state checks,
// and two more plans, which must be empty. At the end it destroys everything. Steps can have Config, PlanOnly, Destroy,
// ExpectError, ExpectNonEmptyPlan, PreConfig, PostApplyFunc, ConfigPlanChecks, ConfigStateChecks, RefreshState with
// RefreshPlanChecks, and ImportState with ImportStateId or ImportBlockWithResourceIdentity.
func Test(t *testing.T, newProvider func() tfprotov6.ProviderServer, steps ...resource.TestStep) {
	t.Helper()
	runner := &stepRunner{t: t, dir: t.TempDir()}
	// The steps of the testing library need no such block.
	runner.write("required_providers.tf", testkit.RequiredProviders)
	runner.cli = New(t.Context(), runner.dir, newProvider)
	defer runner.destroyAll()
	for i, step := range steps {
		if step.PreConfig != nil {
			step.PreConfig()
		}
		err := runner.run(step)
		switch {
		case step.ExpectError != nil && err == nil:
			t.Fatalf("Step %d/%d, expected an error but got none", i+1, len(steps))
		case step.ExpectError != nil && !step.ExpectError.MatchString(err.Error()):
			t.Fatalf("Step %d/%d, expected an error with pattern, no match on: %s\n\npattern: %s", i+1, len(steps), err,
				step.ExpectError)
		case step.ExpectError == nil && err != nil:
			t.Fatalf("Step %d/%d error: %s", i+1, len(steps), err)
		}
	}
}

type stepRunner struct {
	t   *testing.T
	dir string
	cli *CLI

	text string // configuration of the last step with a configuration
}

func (s *stepRunner) destroyAll() {
	s.t.Helper()
	if len(s.cli.state.all()) == 0 {
		return
	}
	if r := s.cli.Run("destroy", "-auto-approve", "-refresh=false"); r.ExitCode != 0 {
		s.t.Errorf("Error running post-test destroy, there may be dangling resources: %s", r.Output)
	}
}

func (s *stepRunner) run(step resource.TestStep) error {
	s.t.Helper()
	if step.Config != "" {
		s.configure(step.Config)
	}
	switch {
	case step.ImportState && step.ImportStateKind == resource.ImportBlockWithResourceIdentity:
		return s.importByIdentity(step)
	case step.ImportState && step.ImportStateId != "" && !step.ImportStateVerify && step.ImportStateCheck == nil:
		return s.importState(step)
	case step.ImportState || step.Query || step.Check != nil || len(step.Taint) > 0 || step.ConfigDirectory != nil ||
		step.ConfigVariables != nil:
		s.t.Fatal("the harness does not support this kind of step; run the test with Terraform")
		return nil
	case step.RefreshState:
		return s.refresh(step)
	default:
		return s.config(step)
	}
}

func (s *stepRunner) configure(text string) {
	s.t.Helper()
	s.text = text
	s.write("terraform_plugin_test.tf", text)
}

func (s *stepRunner) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stepRunner) command(command string, rest ...string) error {
	if r := s.cli.Run(command, rest...); r.ExitCode != 0 {
		return errors.New(r.Output)
	}
	return nil
}

func (s *stepRunner) config(step resource.TestStep) error {
	s.t.Helper()
	var destroy []string
	if step.Destroy {
		destroy = []string{"-destroy"}
	}
	if !step.PlanOnly {
		if err := s.change(step, destroy); err != nil {
			return err
		}
	}
	for _, again := range []struct {
		name      string
		arguments []string
		checks    []plancheck.PlanCheck
	}{
		{"non-refresh", append([]string{"-refresh=false"}, destroy...), step.ConfigPlanChecks.PostApplyPreRefresh},
		{"refresh", destroy, step.ConfigPlanChecks.PostApplyPostRefresh},
	} {
		p, err := s.plan(again.arguments...)
		if err != nil {
			return libraryError("Error running %s plan: %w", again.name, err)
		}
		if err := checkPlan(s.t.Context(), p, again.checks); err != nil {
			return err
		}
		if !isEmpty(p) && !step.ExpectNonEmptyPlan {
			return libraryError("After applying this test step, the %s plan was not empty.\n%s", again.name,
				p.summary())
		}
		if again.name == "refresh" && isEmpty(p) && step.ExpectNonEmptyPlan {
			return libraryError("Expected a non-empty plan, but got an empty refresh plan")
		}
	}
	if step.PostApplyFunc != nil {
		step.PostApplyFunc()
	}
	return nil
}

// libraryError returns an error in the words of terraform-plugin-testing, which begin with a capital letter.
func libraryError(format string, arguments ...any) error { return fmt.Errorf(format, arguments...) }

// isEmpty reports whether a plan changes no managed resource and no output.
func isEmpty(p *plan) bool {
	for _, c := range p.changes {
		if c.address.mode == modeManaged && c.action != actionNoOp {
			return false
		}
	}
	for _, o := range p.outputs {
		if o.action != actionNoOp {
			return false
		}
	}
	return true
}

// change plans and applies a step.
func (s *stepRunner) change(step resource.TestStep, destroy []string) error {
	s.t.Helper()
	p, err := s.plan(destroy...)
	if err != nil {
		return libraryError("Error running pre-apply plan: %w", err)
	}
	if err := checkPlan(s.t.Context(), p, step.ConfigPlanChecks.PreApply); err != nil {
		return libraryError("Pre-apply plan check(s) failed:\n%w", err)
	}
	if diags := s.cli.apply(p); diags.failed() {
		what := "apply"
		if step.Destroy {
			what = "destroy"
		}
		return libraryError("Error running %s: %s", what, diags.errorsOnly())
	}
	if len(step.ConfigStateChecks) > 0 {
		if err := s.checkState(step.ConfigStateChecks); err != nil {
			return libraryError("Post-apply refresh state check(s) failed:\n%w", err)
		}
	}
	return nil
}

// refresh runs a step that refreshes the state and expects an empty plan.
func (s *stepRunner) refresh(step resource.TestStep) error {
	s.t.Helper()
	if err := s.command("refresh"); err != nil {
		return err
	}
	p, err := s.plan()
	if err != nil {
		return libraryError("Error running post-refresh plan: %w", err)
	}
	if err := checkPlan(s.t.Context(), p, step.RefreshPlanChecks.PostRefresh); err != nil {
		return err
	}
	if !isEmpty(p) && !step.ExpectNonEmptyPlan {
		return libraryError("After refreshing state during this test step, a followup plan was not empty.\n%s",
			p.summary())
	}
	return nil
}

func (s *stepRunner) plan(rest ...string) (*plan, error) {
	a, diags := parseArguments(rest)
	if diags.failed() {
		return nil, errors.New(diags.String())
	}
	p, diags := s.cli.plan(a)
	if diags.failed() {
		return nil, errors.New(diags.errorsOnly().String())
	}
	return p, nil
}

func checkPlan(ctx context.Context, p *plan, checks []plancheck.PlanCheck) error {
	var errs []error
	var shown *tfjson.Plan
	for _, check := range checks {
		if shown == nil {
			shown = p.json()
		}
		var resp plancheck.CheckPlanResponse
		check.CheckPlan(ctx, plancheck.CheckPlanRequest{Plan: shown}, &resp)
		errs = append(errs, resp.Error)
	}
	return errors.Join(errs...)
}

func (s *stepRunner) checkState(checks []statecheck.StateCheck) error {
	shown, diags := s.cli.stateJSON()
	if diags.failed() {
		return errors.New(diags.String())
	}
	var errs []error
	for _, check := range checks {
		var resp statecheck.CheckStateResponse
		check.CheckState(s.t.Context(), statecheck.CheckStateRequest{State: shown}, &resp)
		errs = append(errs, resp.Error)
	}
	return errors.Join(errs...)
}
