package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// maxLine is the length of a line of base64. It is that of Base64FormattingOptions.InsertLineBreaks in .NET.
const maxLine = 76

// MaxBlock is the largest length of an unpacked block, in bytes. It protects against output that expands without limit.
const MaxBlock = 80 << 20

// encode returns a block: base64 of gzip, in lines.
func encode(content []byte) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	// Writing to a bytes.Buffer does not fail.
	_, _ = writer.Write(content)
	_ = writer.Close()

	text := base64.StdEncoding.EncodeToString(packed.Bytes())

	var lines strings.Builder

	lines.Grow(len(text) + len(text)/maxLine + 1)

	for len(text) > maxLine {
		lines.WriteString(text[:maxLine])
		lines.WriteByte('\n')

		text = text[maxLine:]
	}
	lines.WriteString(text)
	return lines.String()
}

// decode unpacks a block without white space.
func decode(block string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(block)
	if err != nil {
		return nil, fmt.Errorf("decode base64: %w", err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("read gzip: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(reader, MaxBlock+1))
	if err != nil {
		return nil, fmt.Errorf("unpack gzip: %w", err)
	}
	if len(content) > MaxBlock {
		return nil, fmt.Errorf("unpack gzip: more than %d MiB", MaxBlock>>20)
	}
	return content, nil
}

// Block is a text in the JSON of a result that can be as long as a document. It is encoded like one.
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
		return fmt.Errorf("decode text in the result: %w", err)
	}
	*b = Block(strings.TrimPrefix(string(content), "\uFEFF"))
	return nil
}
