package winrm

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// A panic while an answer is parsed is an error.
func TestParseReplyRecovers(t *testing.T) {
	t.Parallel()

	_, err := parseReplyWith(func([]byte, any) error { panic("index out of range") }, []byte("<a/>"))
	if !errors.As(err, new(*powershell.PanicError)) || !strings.Contains(err.Error(), "WS-Management") {
		t.Errorf("got %v", err)
	}
}
