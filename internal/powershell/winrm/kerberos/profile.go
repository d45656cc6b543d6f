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
	"unicode"
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

// profile is krb5.conf with the files that it includes.
type profile struct {
	// wanted are the names of the sections to parse. The lines of others are skipped, because other programs may use
	// another syntax there.
	wanted   []string
	sections map[string]*relation
	files    int
}

// readProfile reads the wanted sections of a file and of the files that it includes.
func readProfile(path string, wanted ...string) (map[string]*relation, error) {
	p := &profile{wanted: wanted, sections: map[string]*relation{}}
	main, err := p.read(path)
	if err != nil {
		return nil, err
	}
	if main.text != nil && !main.hasSection {
		return nil, main.text.wrong("%q is in no section, such as [libdefaults]", main.text.value)
	}
	return p.sections, nil
}

// read parses a file.
func (p *profile) read(path string) (*parser, error) {
	if p.files++; p.files > maxIncludes {
		return nil, fmt.Errorf("%s and the files that it includes are more than %d files", path, maxIncludes)
	}
	data, err := readBounded(path, maxProfile)
	if err != nil {
		return nil, err
	}
	file, line := &parser{profile: p}, 0

	for text := range strings.Lines(string(bytes.TrimPrefix(data, []byte("\ufeff")))) {
		line++
		if err := file.parse(text, &relation{file: path, line: line}); err != nil {
			return nil, err
		}
	}
	return file, nil
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

// parser parses one file as MIT krb5 does: sections of settings, and groups of settings in braces. The end of the file
// closes them. MIT krb5 ignores text before the first section and after a brace. The parser refuses a setting there,
// because it would have no effect.
type parser struct {
	profile *profile
	// open are the section and the groups that contain the next line.
	open []*relation
	// isWaiting is true if the next line has the brace of the last group.
	isWaiting bool
	// hasSection is true after the first section, isSkipped in a section that is not wanted.
	hasSection, isSkipped bool
	// text is the first line before the first section, or nil.
	text *relation
}

var (
	directives = regexp.MustCompile(`^include(dir)?\s(.*)`)
	module     = regexp.MustCompile(`^module\s`)
)

// parse parses a line. next has its place.
func (p *parser) parse(text string, next *relation) error {
	// A directive is at the beginning of a line, in each section. A module is before the sections.
	if directive := directives.FindStringSubmatch(text); directive != nil {
		return p.profile.include(next, strings.TrimSpace(directive[2]), directive[1] != "")
	}
	if !p.hasSection && module.MatchString(text) {
		return next.wrong("modules are not supported")
	}
	text = strings.TrimSpace(text)

	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		return nil
	case p.isWaiting:
		group := p.open[len(p.open)-1]
		if text[0] != '{' {
			return group.wrong("the value of %s is missing", group.name)
		}
		p.isWaiting = false
		return refuseSetting(text[1:], next)
	case text[0] == '[':
		return p.startSection(text, next)
	case !p.hasSection:
		if strings.Contains(text, "=") {
			return next.wrong("%q is in no section, such as [libdefaults]", text)
		}
		if p.text == nil {
			next.value, p.text = text, next
		}
		return nil
	case p.isSkipped:
		return nil
	case text[0] == '}':
		if len(p.open) == 1 {
			return next.wrong("there is no open brace")
		}
		p.open = p.open[:len(p.open)-1]
		return refuseSetting(text[1:], next)
	}
	return p.addRelation(text, next)
}

// refuseSetting returns an error if the text after a brace contains a setting.
func refuseSetting(text string, next *relation) error {
	if text = withoutComment(text); strings.Contains(text, "=") {
		return next.wrong("%q follows the brace", text)
	}
	return nil
}

// startSection starts the section in a line.
func (p *parser) startSection(text string, next *relation) error {
	if len(p.open) > 1 {
		return next.wrong("the brace in line %d is not closed", p.open[len(p.open)-1].line)
	}
	name, rest, found := strings.Cut(text[1:], "]")
	if !found || withoutComment(strings.TrimPrefix(rest, "*")) != "" {
		return next.wrong("%q is not the name of a section", text)
	}
	sections := p.profile.sections
	p.open, p.hasSection, p.isSkipped = nil, true, !slices.Contains(p.profile.wanted, name)

	if !p.isSkipped {
		if sections[name] == nil {
			next.name = name
			sections[name] = next
		}
		p.open = []*relation{sections[name]}
	}
	return nil
}

// addRelation adds the setting or the group in a line to the open group. An asterisk after the name has no effect: it
// is for files that follow.
func (p *parser) addRelation(text string, next *relation) error {
	name, value, found := strings.Cut(text, "=")
	name = strings.TrimSpace(name)

	if !found || name == "" || strings.ContainsFunc(name, unicode.IsSpace) {
		return next.wrong("%q is not a setting: name = value", text)
	}
	next.name, _, _ = strings.Cut(name, "*")
	value = strings.TrimSpace(value)

	parent := p.open[len(p.open)-1]
	parent.group = append(parent.group, next)

	switch {
	case value == "", value[0] == '{' && withoutComment(value[1:]) == "":
		p.isWaiting, next.isGroup = value == "", true
		p.open = append(p.open, next)
	default:
		next.value = valueOf(value)
	}
	return nil
}

var trailingComment = regexp.MustCompile(`(^|\s)[#;].*`)

// withoutComment returns a text without the comment at its end and without the space around it.
func withoutComment(text string) string {
	return strings.TrimSpace(trailingComment.ReplaceAllString(text, ""))
}

// valueOf returns the value that a text stands for: a text in quotation marks, or a text without a comment.
func valueOf(text string) string {
	if !strings.HasPrefix(text, `"`) {
		return withoutComment(text)
	}
	var value strings.Builder

	for i := 1; i < len(text) && text[i] != '"'; i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			i++
			switch c = text[i]; c {
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			}
		}
		value.WriteByte(c)
	}
	return value.String()
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
			name := filepath.Join(path, entry.Name())
			if !included.MatchString(entry.Name()) {
				continue
			}
			if target, err := os.Stat(name); err != nil || !target.IsDir() {
				paths = append(paths, name)
			}
		}
	}
	for _, path := range paths {
		if _, err := p.read(path); errors.As(err, new(*SyntaxError)) {
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
