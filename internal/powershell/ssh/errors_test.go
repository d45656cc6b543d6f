package ssh

import (
	"errors"
	"testing"
)

// TestStepErrorText verifies the full stops after a cause that ends with one, as those of Windows do.
func TestStepErrorText(t *testing.T) {
	t.Parallel()

	denied := errors.New("Access is denied.") //nolint:revive,staticcheck // the text of Windows
	for _, test := range []struct {
		err  stepError
		want string
	}{
		{stepError{tried: "read x", err: denied, next: "Try y."}, "cannot read x: Access is denied. Try y."},
		{
			stepError{tried: "read x", err: denied, next: "Try y.", begun: true},
			"cannot read x: Access is denied; " + errOutcomeUnknown.Error() + ". Try y.",
		},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
