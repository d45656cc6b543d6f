package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the length of a line of base64, the one that .NET writes too.
const maxLine = 76

// MaxBlock is how large a block may be when it is unpacked. It is more than a topology document may have.
const MaxBlock = 80 << 20

// encode makes a block: base64 of gzip, in lines.
func encode(content []byte) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	// A bytes.Buffer takes everything.
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

// decode reads a block back. White space must be gone already.
func decode(block string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(block)
	if err != nil {
		return nil, fmt.Errorf("it is not base64: %w", err)
	}

	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("it is not gzip: %w", err)
	}

	content, err := io.ReadAll(io.LimitReader(reader, MaxBlock+1))
	if err != nil {
		return nil, fmt.Errorf("it does not unpack: %w", err)
	}

	if len(content) > MaxBlock {
		return nil, errors.New("it is larger than any topology document")
	}

	return content, nil
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
