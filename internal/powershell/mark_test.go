package powershell

import (
	"context"
	"io"
	"strings"
	"testing"
)

// pieceTransport passes on its pieces of output.
type pieceTransport struct {
	Transport
	pieces []string
}

func (s pieceTransport) RunWatched(_ context.Context, _ string, _ io.Reader, seen func([]byte)) (Output, error) {
	for _, piece := range s.pieces {
		seen([]byte(piece))
	}
	return Output{}, nil
}

func TestOnMark(t *testing.T) {
	t.Parallel()

	mark := "{lync:" + strings.Repeat("0a", 16) + ":publishing}"

	for name, tc := range map[string]struct {
		pieces []string
		want   int
	}{
		"nothing":      {nil, 0},
		"whole":        {[]string{"banner\r\n", mark}, 1},
		"by letters":   {strings.Split(strings.Repeat("x", 500)+mark+"y", ""), 1},
		"in UTF-16":    {[]string{strings.Join(strings.Split(mark, ""), "\x00")}, 1},
		"broken":       {[]string{mark[:20] + "\r\n" + mark[20:]}, 1},
		"twice":        {[]string{mark, mark}, 1},
		"another mark": {[]string{strings.Replace(mark, "publishing", "result", 1)}, 0},
	} {
		count := 0

		watching, ok := OnMark(pieceTransport{pieces: tc.pieces}, "publishing", func() { count++ })
		if _, err := watching.Run(t.Context(), "", nil); !ok || err != nil || count != tc.want {
			t.Errorf("%s: called %d times", name, count)
		}
	}
	if transport, ok := OnMark(struct{ Transport }{}, "publishing", func() {}); ok || transport == nil {
		t.Error("a transport that passes on no output reports marks")
	}
}
