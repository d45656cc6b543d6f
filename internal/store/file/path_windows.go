package file

import "strings"

// maxShortPath is the length from which Windows can refuse a path. The limit is 260 characters, less 12 for the name of
// a file in a directory.
const maxShortPath = 248

// longPath returns an absolute path, as of filepath.Abs, in a form without a limit of its length if it is long. The
// functions of the os package do that themselves. Windows before 10, version 1703, such as Windows Server 2016, needs
// this form. A short path is unchanged, because this form disables the rules for names such as "nul".
func longPath(path string) string {
	switch share, isShare := strings.CutPrefix(path, `\\`); {
	case len(path) < maxShortPath, strings.HasPrefix(path, `\\?\`), strings.HasPrefix(path, `\\.\`),
		strings.HasPrefix(path, `\??\`):
		return path
	case isShare:
		return `\\?\UNC\` + share
	default:
		return `\\?\` + path
	}
}
