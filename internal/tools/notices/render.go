package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
)

const introduction = `This program contains the following modules. Each license is below the names of the modules that
are under it. The source of a module is at https://proxy.golang.org and https://pkg.go.dev/<module>.
`

// render returns the text of the notices. It has each license once.
func render(modules []module) (string, error) {
	var licenses []string
	names := map[string][]string{} // by license

	for _, m := range modules {
		for _, file := range m.files {
			content, err := os.ReadFile(file)
			if err != nil {
				return "", fmt.Errorf("read the license of %s: %w", m.name, err)
			}
			content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
			license := strings.TrimRight(string(content), " \t\n")
			if names[license] == nil {
				licenses = append(licenses, license)
			}
			if !slices.Contains(names[license], m.name) {
				names[license] = append(names[license], m.name)
			}
		}
	}
	var text strings.Builder

	text.WriteString(introduction)
	for _, license := range licenses {
		text.WriteString("\n" + strings.Repeat("=", 80) + "\n")
		for _, name := range names[license] {
			text.WriteString("- " + name + "\n")
		}
		text.WriteString("\n" + license + "\n")
	}
	return text.String(), nil
}
