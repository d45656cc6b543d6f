package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxLine is the length of a line of base64. It is that of Base64FormattingOptions.InsertLineBreaks in .NET.
const maxLine = 76

// Limits of what a host sends, in bytes. They protect against output that expands without limit.
const (
	// maxBlock is the largest length of an unpacked document or text. No store accepts a longer document.
	maxBlock = 64 << 20
	// maxResult is the largest length of the unpacked JSON of a result, which contains no document.
	maxResult = 1 << 20
	// maxRatio is the largest number of bytes that gzip unpacks from one.
	maxRatio = 1032
)

// encode returns a block: base64 of gzip, in lines.
func encode(content []byte) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	// Writing to a bytes.Buffer does not fail.
	_, _ = writer.Write(content)
	_ = writer.Close()
	return inLines(packed.Bytes())
}

// encodeSecret returns the block of a secret: base64 of UTF-16, in lines. The script turns it into a SecureString with
// calls of .NET that never make it a string.
func encodeSecret(secret string) string {
	var content []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		content = binary.LittleEndian.AppendUint16(content, unit)
	}
	return inLines(content)
}

// inLines returns base64 in lines.
func inLines(content []byte) string {
	text := base64.StdEncoding.EncodeToString(content)

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

// decode unpacks a block of a host without white space: the length of its content in decimal digits, a colon, and the
// packed content. It reads no more than that length, which must not exceed limit.
func decode(block string, limit int) ([]byte, error) {
	announced, packed, ok := strings.Cut(block, ":")
	length, err := strconv.ParseUint(announced, 10, 32)
	if !ok || err != nil {
		return nil, errors.New("the block does not begin with its length")
	}
	if length > uint64(limit) { //nolint:gosec // limit is a positive constant
		return nil, fmt.Errorf("the block has %d bytes, more than %d", length, limit)
	}
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, fmt.Errorf("decode base64: %w", err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read gzip: %w", err)
	}
	var content bytes.Buffer

	// Allocate once, but no more than the packed content can become.
	content.Grow(min(int(length), maxRatio*len(raw)) + 1 + bytes.MinRead) //nolint:gosec // length is at most limit

	if _, err := content.ReadFrom(io.LimitReader(reader, int64(length)+1)); err != nil { //nolint:gosec // the same
		return nil, fmt.Errorf("unpack gzip: %w", err)
	}
	if uint64(content.Len()) != length { //nolint:gosec // never negative
		return nil, fmt.Errorf("unpack gzip: the content does not have the announced %d bytes", length)
	}
	return content.Bytes(), nil
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
	content, err := decode(packed, maxBlock)
	if err != nil {
		return fmt.Errorf("decode text in the result: %w", err)
	}
	*b = Block(strings.TrimPrefix(string(content), "\uFEFF"))
	return nil
}
