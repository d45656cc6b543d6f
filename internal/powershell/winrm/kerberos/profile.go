package kerberos

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// SyntaxError is a line of krb5.conf that this package cannot use.
type SyntaxError struct {
	File   string
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d of %s: %s", e.Line, e.File, e.Reason)
}

// relation is a setting, or a group of settings, in krb5.conf.
type relation struct {
	name, value string
	isGroup     bool
	group       []*relation
	file        string
	line        int
}

// wrong returns the error for a relation.
func (r *relation) wrong(format string, args ...any) error {
	return &SyntaxError{File: r.file, Line: r.line, Reason: fmt.Sprintf(format, args...)}
}

const (
	// maxProfile limits the size of a file, and maxIncludes the number of files.
	maxProfile  = 1 << 20
	maxIncludes = 100
)

// profile parses the format of krb5.conf: sections of settings, and groups of settings in braces.
type profile struct {
	// wanted are the names of the sections to parse. The lines of others are skipped, because other programs may use
	// another syntax there.
	wanted   []string
	sections map[string]*relation
	files    int

	// open are the section and the groups that contain the next line.
	open    []*relation
	skipped bool
	// waiting is a group whose brace is expected in the next line.
	waiting *relation
}

// readProfile reads the wanted sections of a file and of the files that it includes.
func readProfile(path string, wanted ...string) (map[string]*relation, error) {
	p := &profile{wanted: wanted, sections: map[string]*relation{}}
	if err := p.read(path); err != nil {
		return nil, err
	}
	return p.sections, nil
}

// read parses a file. A section ends with its file.
func (p *profile) read(path string) error {
	if p.files++; p.files > maxIncludes {
		return fmt.Errorf("%s and the files that it includes are more than %d files", path, maxIncludes)
	}
	data, err := readBounded(path, maxProfile)
	if err != nil {
		return err
	}
	before, wasSkipped := p.open, p.skipped
	p.open, p.skipped = nil, false

	last := &relation{file: path}
	for text := range strings.Lines(string(bytes.TrimPrefix(data, []byte("\ufeff")))) {
		last = &relation{file: path, line: last.line + 1}
		if err := p.parse(text, last); err != nil {
			return err
		}
	}
	if p.waiting != nil {
		return p.waiting.wrong("the value of %s is missing", p.waiting.name)
	}
	if n := len(p.open); n > 1 {
		return p.open[n-1].wrong("the brace after %s is not closed", p.open[n-1].name)
	}
	p.open, p.skipped = before, wasSkipped
	return nil
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()

	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d KiB", path, limit>>10)
	}
	return data, err
}

var directives = regexp.MustCompile(`^(include|includedir|module)[ \t]+([^=]*)$`)

// parse parses a line. next has its place.
func (p *profile) parse(text string, next *relation) error {
	// A directive is at the beginning of a line, in each section.
	if directive := directives.FindStringSubmatch(text); directive != nil {
		if directive[1] == "module" {
			return next.wrong("modules are not supported")
		}
		return p.include(next, strings.TrimSpace(directive[2]), directive[1] == "includedir")
	}
	text = strings.TrimSpace(text)

	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		return nil
	case text[0] == '[':
		return p.startSection(text, next)
	case p.skipped:
		return nil
	case len(p.open) == 0:
		return next.wrong("%q is in no section, such as [libdefaults]", text)
	case p.waiting != nil:
		if text != "{" {
			return p.waiting.wrong("the value of %s is missing", p.waiting.name)
		}
		p.open, p.waiting = append(p.open, p.waiting), nil
		return nil
	case text[0] == '}':
		if len(p.open) == 1 {
			return next.wrong("there is no open brace")
		}
		p.open = p.open[:len(p.open)-1]

		if rest := strings.TrimPrefix(text[1:], "*"); strings.TrimSpace(withoutComment(rest)) != "" {
			return next.wrong("%q follows the brace", strings.TrimSpace(rest))
		}
		return nil
	}
	return p.addRelation(text, next)
}

// startSection starts the section in a line.
func (p *profile) startSection(text string, next *relation) error {
	if len(p.open) > 1 {
		return next.wrong("the brace in line %d is not closed", p.open[len(p.open)-1].line)
	}
	name, rest, found := strings.Cut(text[1:], "]")
	if !found || strings.TrimSpace(withoutComment(strings.TrimPrefix(rest, "*"))) != "" {
		return next.wrong("%q is not the name of a section", text)
	}
	p.skipped = !slices.Contains(p.wanted, name)
	p.open = nil

	if !p.skipped {
		if p.sections[name] == nil {
			next.name = name
			p.sections[name] = next
		}
		p.open = []*relation{p.sections[name]}
	}
	return nil
}

// addRelation adds the setting or the group in a line to the open group.
func (p *profile) addRelation(text string, next *relation) error {
	name, value, found := strings.Cut(text, "=")
	name = strings.TrimSuffix(strings.TrimSpace(name), "*")

	if !found || name == "" || strings.ContainsAny(name, " \t{}") {
		return next.wrong("%q is not a setting: name = value", text)
	}
	next.name = name
	value = strings.TrimSpace(withoutComment(value))

	parent := p.open[len(p.open)-1]
	parent.group = append(parent.group, next)

	switch {
	case value == "":
		p.waiting, next.isGroup = next, true
	case value == "{":
		p.open, next.isGroup = append(p.open, next), true
	case value[0] == '{':
		return p.addInline(value, next)
	default:
		next.value = unquoted(value)
	}
	return nil
}

// addInline adds the group in a line, such as "{ kdc = dc1 }".
func (p *profile) addInline(value string, group *relation) error {
	inner, isClosed := strings.CutSuffix(value[1:], "}")
	if inner = strings.TrimSpace(inner); !isClosed || strings.ContainsAny(inner, "{}") {
		return group.wrong("%q is not supported: write each setting and the closing brace on a line of its own", value)
	}
	group.isGroup = true

	if inner == "" {
		return nil
	}
	name, text, found := strings.Cut(inner, "=")
	if !found || strings.Contains(text, "=") {
		return group.wrong("%q is not supported: write each setting on a line of its own", value)
	}
	group.group = append(group.group, &relation{
		name: strings.TrimSuffix(strings.TrimSpace(name), "*"), value: unquoted(strings.TrimSpace(text)),
		file: group.file, line: group.line,
	})
	return nil
}

// withoutComment returns a value without the comment at its end.
func withoutComment(value string) string {
	if at := trailingComment.FindStringIndex(value); at != nil && !strings.HasPrefix(strings.TrimSpace(value), `"`) {
		return value[:at[0]]
	}
	return value
}

var trailingComment = regexp.MustCompile(`(^|\s)[#;]`)

// unquoted returns a value without its quotation marks.
func unquoted(value string) string {
	if value == "" || value[0] != '"' {
		return value
	}
	value, _, _ = strings.Cut(value[1:], `"`)
	return value
}

// included matches the names of the files that includedir reads.
var included = regexp.MustCompile(`^([A-Za-z0-9_-]+|[^.].*\.conf)$`)

// include reads a file, or the files of a folder in the order of their names.
func (p *profile) include(at *relation, path string, isFolder bool) error {
	if !filepath.IsAbs(path) {
		return at.wrong("%q is not an absolute path", path)
	}
	paths := []string{path}
	if isFolder {
		entries, err := os.ReadDir(path)
		if err != nil {
			return at.wrong("%s", reason(err))
		}
		paths = nil

		for _, entry := range entries {
			if included.MatchString(entry.Name()) && !entry.IsDir() {
				paths = append(paths, filepath.Join(path, entry.Name()))
			}
		}
	}
	for _, path := range paths {
		if err := p.read(path); errors.As(err, new(*SyntaxError)) {
			return err
		} else if err != nil {
			return at.wrong("%s", reason(err))
		}
	}
	return nil
}

// reason returns the text of an error of a file.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Sprintf("read %s: %s", path.Path, path.Err)
	}
	return err.Error()
}
