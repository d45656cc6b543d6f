// Package printed checks the texts of a provider that Terraform prints: that they have no characters that control a
// terminal, and that they are short. It knows the characters by number, so that it does not depend on the code that it
// checks.
package printed

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// maxDiagnostic is the maximum size of a diagnostic in bytes.
const maxDiagnostic = 8 << 10

// Hostile returns texts that must not reach a terminal, by what they are.
func Hostile() map[string]string {
	return map[string]string{
		"escape sequence":    "\x1b[31mred\x1b[0m",
		"C1 control":         "\u009b2J",
		"link":               "\x1b]8;;http://evil.example\x1b\\contoso\x1b]8;;\x1b\\",
		"title":              "\x1b]0;title\a",
		"override":           "\u202emoc.osotnoc",
		"isolate":            "\u2066contoso\u2069",
		"mark":               "\u200e\u200f\u061c",
		"NUL":                "a\x00b",
		"CR":                 "refused\rAccepted.",
		"backspace":          "no\b\byes",
		"DEL":                "a\x7fb",
		"invalid UTF-8":      "a\xff\xfeb",
		"cut UTF-8":          "\xe2\x82",
		"surrogate":          "\xed\xa0\x80",
		"two lines":          "a\n\nError: b",
		"long":               strings.Repeat("long ", 5<<10),
		"long and hostile":   strings.Repeat("\x1b[1m東", 5<<10),
		"long without space": strings.Repeat("x", 20<<10),
	}
}

// Mixed returns few texts with all that Hostile has, for tests with many places. Text of a document can have the first.
func Mixed() map[string]string {
	return map[string]string{
		"document":      "\u009b2J\u202em\u2066o\u2069\u200e\u200f\u061cc\u0080\x7f",
		"configuration": "\x1b[31m\x1b]8;;x\x1b\\\a\x00\b\r\n\t\u009b\u202e",
		"invalid":       "a\xff\xfeb\xe2\x82\xed\xa0\x80",
		"long":          strings.Repeat("\x1b[1m東", 5<<10),
	}
}

// Faults returns what is wrong with the texts of a response that Terraform prints, apart from its values. It consumes
// the streams of a response.
func Faults(response any) []string {
	var faults []string
	collect(reflect.ValueOf(response), &faults)
	return faults
}

// collect adds the faults of a part of a response.
func collect(part reflect.Value, faults *[]string) {
	if !part.IsValid() || !part.CanInterface() || part.Kind() == reflect.Pointer && part.IsNil() {
		return
	}
	switch value := part.Interface().(type) {
	case *tfprotov6.Diagnostic:
		*faults = append(*faults, faultsOf(value.Summary, value.Detail)...)
		for _, step := range value.Attribute.Steps() {
			if key, ok := step.(tftypes.ElementKeyString); ok {
				*faults = append(*faults, faultsOf(string(key), "")...)
			}
		}
		return
	case *tfprotov6.FunctionError:
		*faults = append(*faults, faultsOf("", value.Text)...)
		return
	case *tfprotov6.StopProviderResponse:
		*faults = append(*faults, faultsOf("", value.Error)...)
		return
	case tfprotov6.ProgressInvokeActionEventType:
		*faults = append(*faults, faultsOf("", value.Message)...)
		return
	case iter.Seq[tfprotov6.ListResourceResult]:
		for result := range value {
			*faults = append(*faults, faultsOf(result.DisplayName, "")...)
			collect(reflect.ValueOf(result.Diagnostics), faults)
		}
		return
	case iter.Seq[tfprotov6.InvokeActionEvent]:
		for event := range value {
			collect(reflect.ValueOf(event.Type), faults)
		}
		return
	case error:
		*faults = append(*faults, faultsOf("", value.Error())...)
		return
	}
	collectParts(part, faults)
}

// collectParts adds the faults of the parts of a value that can hold a diagnostic.
func collectParts(whole reflect.Value, faults *[]string) {
	switch whole.Kind() {
	case reflect.Pointer, reflect.Interface:
		collect(whole.Elem(), faults)
	case reflect.Slice:
		for i := range whole.Len() {
			collect(whole.Index(i), faults)
		}
	case reflect.Struct:
		for i := range whole.NumField() {
			collect(whole.Field(i), faults)
		}
	default:
	}
}

// faultsOf returns the faults of a line, such as a summary, and of a text after it.
func faultsOf(line, text string) []string {
	var faults []string
	if strings.ContainsAny(line, "\n\t") {
		faults = append(faults, fmt.Sprintf("%.80q has several lines", line))
	}
	if fault := Fault(line + text); fault != "" {
		faults = append(faults, fault)
	}
	if size := len(line) + len(text); size > maxDiagnostic {
		faults = append(faults, fmt.Sprintf("%d bytes: %.80q", size, line+text))
	}
	return faults
}

// Fault returns the first character of a text that must not reach a terminal, empty for none.
func Fault(text string) string {
	if !utf8.ValidString(text) {
		return fmt.Sprintf("invalid UTF-8: %.80q", text)
	}
	for at, r := range text {
		switch {
		case r == '\n', r == '\t':
		case r < 0x20, 0x7f <= r && r <= 0x9f, r == 0x61c, r == 0x200e, r == 0x200f, 0x202a <= r && r <= 0x202e,
			0x2066 <= r && r <= 0x2069:
			return fmt.Sprintf("%U at byte %d: %.80q", r, at, text[max(0, at-20):])
		}
	}
	return ""
}
