package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// measureLibrary compares the operations on a large document with plain ones on the same bytes.
func measureLibrary(t *table, s sizes, _ contenders) error {
	e, raw := estateOf(s.large/20_000, s.large, testkit.UTF16LE)
	if pools := len(e.Pools); pools < 8*s.edits {
		return fmt.Errorf("the document has %d pools, and %d pairs are to be created", pools, 4*s.edits)
	}
	doc, err := topology.Parse(raw)
	if err != nil {
		return err
	}
	size := fmt.Sprintf("%d KiB of UTF-16", len(raw)>>10)
	measureParse(t, s, raw, size)

	var kept []byte
	plainCopy := cpuOf(s.rounds, func() { kept = bytes.Clone(raw) })
	_ = kept
	edit := cpuOf(s.rounds, func() { pairs(topology.NewEditor(doc), 1) })
	t.duration("one edit in "+size+", CPU / a copy of the bytes", edit, plainCopy, 3)
	edit = cpuOf(s.rounds, func() {
		editor := topology.NewEditor(doc)
		pairs(editor, 1)
		kept = editor.Document().Bytes()
	})
	t.duration("one edit, and the bytes of the new document, CPU / a copy of the bytes", edit, plainCopy, 3)

	var before time.Duration
	for _, n := range []int{s.edits, 2 * s.edits, 4 * s.edits} {
		took := cpuOf(s.rounds, func() {
			editor := topology.NewEditor(doc)
			pairs(editor, n)
			next, err := editor.Finish()
			must(err)
			kept = next.Bytes()
		})
		if before > 0 {
			t.duration(fmt.Sprintf("one publish of %d edits, CPU / of %d edits", n, n/2), took, before, 2.2)
		}
		before = took
	}
	return nil
}

// measureParse compares a parse with the tokens of encoding/xml.
func measureParse(t *table, s sizes, raw []byte, size string) {
	text := testkit.Decode(raw)
	parse := func() {
		_, err := topology.Parse(raw)
		must(err)
	}
	tokens := func() {
		decoder := xml.NewDecoder(strings.NewReader(text))
		decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
		for {
			_, err := decoder.RawToken()
			if errors.Is(err, io.EOF) {
				return
			}
			must(err)
		}
	}
	t.duration("parse and model of "+size+", CPU / RawToken of encoding/xml on the decoded text",
		cpuOf(s.rounds, parse), cpuOf(s.rounds, tokens), 0.7)
	allocated, decoded := allocatedBy(parse), uint64(len(text))
	t.add(row{"allocated by parse and model / decoded text", fmt.Sprintf("%d KiB", allocated>>10),
		fmt.Sprintf("%d KiB", decoded>>10), float64(allocated) / float64(decoded), 6})
}

// pairs creates pairs of the first pools.
func pairs(editor *topology.Editor, n int) {
	settings := topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 5 * time.Minute,
		FailbackDetection: 10 * time.Minute}
	for i := range n {
		first, second := topology.MustParseFQDN(poolName(2*i)), topology.MustParseFQDN(poolName(2*i+1))
		must(editor.CreatePair(topology.DesiredPair{
			Members:  [2]topology.FQDN{first, second},
			Settings: map[topology.FQDN]topology.DesiredSettings{first: settings, second: settings},
		}))
	}
}

// must panics if an operation that cannot fail on a document of this program has failed.
func must(err error) { invariant.Check(err, "the operation succeeds") }
