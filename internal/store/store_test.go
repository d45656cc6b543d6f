package store_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

func TestRefusedError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		err   *store.RefusedError
		want  string
		isEOF bool
	}{
		{
			"both", &store.RefusedError{Reason: "publish refused", Err: io.ErrUnexpectedEOF},
			"publish refused: unexpected EOF", true,
		},
		{"reason alone", &store.RefusedError{Reason: "publish refused"}, "publish refused", false},
		{"cause alone", &store.RefusedError{Err: io.ErrUnexpectedEOF}, "unexpected EOF", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wrapped := fmt.Errorf("pair a,b: %w", tc.err)

			var refused *store.RefusedError
			if !errors.As(wrapped, &refused) {
				t.Fatalf("%v is no RefusedError", wrapped)
			}
			if got := refused.Error(); got != tc.want {
				t.Errorf("text is %q, want %q", got, tc.want)
			}
			if got := errors.Is(wrapped, io.ErrUnexpectedEOF); got != tc.isEOF {
				t.Errorf("errors.Is(cause) is %v, want %v", got, tc.isEOF)
			}
		})
	}
}
