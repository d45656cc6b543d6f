package powershell

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// The scripts that publish.
const (
	// PublishTopology publishes the document if the store still holds the base: the data is a [PublishData], the value a
	// [PublishFacts], the document what the store holds afterwards, or now if it is a conflict.
	PublishTopology Script = "publish-topology"
	// EnableTopology makes effective what is published: the data is a [PublishData], the value a [PublishFacts].
	EnableTopology Script = "enable-topology"
	// SettleTopology waits until no publish of this provider is under way on the host, keeps the run that the data names from
	// publishing later, and reads the topology like [GetTopology]: the data is a [PublishData], the value a [SettleFacts].
	SettleTopology Script = "settle-topology"
)

// PublishData is the data of the scripts that publish.
type PublishData struct {
	// Run names one publish, 32 hexadecimal digits.
	Run        string `json:"run,omitempty"`
	BaseSHA256 string `json:"base_sha256,omitempty"`
	// Unpaired are the pools that lose their partner; none of them may be failed over.
	Unpaired []string `json:"unpaired,omitempty"`
	// Seconds is how long the script may take until it publishes, 0 for as long as it likes.
	Seconds int `json:"seconds"`
	// LockSeconds is how long it waits for another run of the provider on the host.
	LockSeconds int `json:"lock_seconds"`
	// Directory is where backups and reports go, a folder of its own below ProgramData if empty; Keep how many backups stay.
	Directory        string `json:"directory"`
	Keep             int    `json:"keep"`
	DomainController string `json:"domain_controller"`
	GlobalCatalog    string `json:"global_catalog"`
}

// Outcomes of scripts that publish.
const (
	OutcomeNone       = "none"        // an error ended it before it called anything that writes
	OutcomeBusy       = "busy"        // another run held the lock for too long
	OutcomeConflict   = "conflict"    // the store holds another document than the base
	OutcomeFailedOver = "failed_over" // a pool that loses its partner is failed over
	OutcomeRevoked    = "revoked"     // SettleTopology was faster
	OutcomeLate       = "late"        // the time was over before it published
	OutcomeCalled     = "called"      // the cmdlet that writes was called
)

// PublishFacts is the value of [PublishTopology] and [EnableTopology]. What the script did not get to is nil.
type PublishFacts struct {
	Outcome    string       `json:"outcome"`
	FailedOver []PoolState  `json:"failed_over"`
	Wanted     *SavedFile   `json:"wanted"`
	Backup     *SavedFile   `json:"backup"`
	Publish    *ReportFacts `json:"publish"`
	Enable     *ReportFacts `json:"enable"`
	URLsBefore []string     `json:"urls_before"`
	URLsAfter  []string     `json:"urls_after"`
}

// PoolState is a pool that is failed over, or on its way there or back.
type PoolState struct {
	Pool  string `json:"pool"`
	State string `json:"state"`
}

// SavedFile is a document on the host. Same and Text are set for the backup: whether it is plainly the base, else its text.
type SavedFile struct {
	Path string `json:"path"`
	Same bool   `json:"same"`
	Text Block  `json:"text"`
}

// ReportFacts tells of one cmdlet: how many errors there were, and its report, empty if it wrote none.
type ReportFacts struct {
	Errors int    `json:"errors"`
	Path   string `json:"path"`
	Text   Block  `json:"text"`
}

// SettleFacts is the value of [SettleTopology].
type SettleFacts struct {
	// Settled is false if a publish was still under way when the wait was over.
	Settled bool `json:"settled"`
}

// Block is a text in the JSON of a result that can be as long as a document: written like a document.
type Block string

// UnmarshalText unpacks the block.
func (b *Block) UnmarshalText(text []byte) error {
	packed := strings.Join(strings.Fields(string(text)), "")
	if packed == "" {
		*b = ""

		return nil
	}

	content, err := decode(packed)
	if err != nil {
		return fmt.Errorf("a text in the result: %w", err)
	}

	*b = Block(strings.TrimPrefix(string(content), "\uFEFF"))

	return nil
}

// publishingMark is the line that [PublishTopology] writes before it publishes. It is not the answer, so that the nonce, which
// only Run knows, need not be compared: without it a script could at worst be waited for.
var publishingMark = regexp.MustCompile(`\{lync:[0-9a-f]{32}:publishing\}`)

// OnPublishing returns a transport that calls begun once [PublishTopology] is about to publish. ok is false if the
// transport hands out nothing before the end of a script.
func OnPublishing(transport Transport, begun func()) (watching Transport, ok bool) {
	watched, ok := transport.(Watched)
	if !ok {
		return transport, false
	}

	return &publishWatch{watched, begun}, true
}

type publishWatch struct {
	Watched
	begun func()
}

func (w *publishWatch) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	var (
		tail string
		told bool
	)

	return w.RunWatched(ctx, script, input, func(piece []byte) {
		if told {
			return
		}

		// As for the answer, neither a line break of a narrow console nor UTF-16 must hide it.
		tail += strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}

			return r
		}, string(piece))

		if told = publishingMark.MatchString(tail); told {
			w.begun()
		}

		tail = tail[max(0, len(tail)-100):]
	})
}
