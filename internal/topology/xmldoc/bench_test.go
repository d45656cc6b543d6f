package xmldoc_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// benchmarkSizes runs a benchmark for two sizes, to show a cost per byte that grows with the document. The function
// prepare returns the operation to measure.
func benchmarkSizes(b *testing.B, encoding string, prepare func(raw []byte) (run func())) {
	start, end := strings.Index(rich, "<t:Site"), strings.Index(rich, "</t:Topology>")
	for _, size := range []struct {
		name  string
		count int
	}{{"100 KB", 300}, {"10 MB", 30_000}} {
		b.Run(encoding+", "+size.name, func(b *testing.B) {
			text := rich[:start] + strings.Repeat(rich[start:end], size.count) + rich[end:]
			raw := testkit.StoredForms[encoding](strings.Replace(text, "encoding='utf-8' ", "", 1))
			run := prepare(raw)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(raw)), "ns/byte")
		})
	}
}

func BenchmarkScan(b *testing.B) {
	benchmarkSizes(b, "UTF-8", func(raw []byte) func() {
		text := string(raw)
		return func() { tokensOf(b, text) }
	})
}

func BenchmarkParse(b *testing.B) {
	for _, encoding := range []string{"UTF-8", "UTF-16LE with mark"} {
		benchmarkSizes(b, encoding, func(raw []byte) func() {
			text := string(raw)
			return func() { parse(b, text) }
		})
	}
}

func BenchmarkBytes(b *testing.B) {
	for _, encoding := range []string{"UTF-8", "UTF-16LE with mark"} {
		benchmarkSizes(b, encoding, func(raw []byte) func() {
			doc := parse(b, string(raw))
			return func() { doc.Bytes() }
		})
	}
}
