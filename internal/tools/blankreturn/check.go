package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// maxStatements is the length of a short block. In a longer block a blank line may set the return apart.
const maxStatements = 3

// blankBefore returns the lines of the returns that end a short block and follow a blank line, in ascending order. It
// ignores generated files. A comment between the blank line and the return separates them.
func blankBefore(name string, source []byte) ([]int, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(file) {
		return nil, err
	}
	lines := bytes.Split(source, []byte("\n"))
	var returns []int
	ast.Inspect(file, func(node ast.Node) bool {
		block := statements(node)
		if len(block) == 0 || len(block) > maxStatements {
			return true
		}
		if last, ok := block[len(block)-1].(*ast.ReturnStmt); ok {
			// Not the position that a line directive gives: the fix works on the lines of this file.
			line := files.PositionFor(last.Pos(), false).Line
			// The blank line before a block on one line is not in the block.
			if first := files.PositionFor(node.Pos(), false).Line; first < line-1 && isBlank(lines, line-1) {
				returns = append(returns, line)
			}
		}
		return true
	})
	slices.Sort(returns)
	return returns, nil
}

// statements returns the statements of a block or of a clause of a switch or select.
func statements(node ast.Node) []ast.Stmt {
	switch n := node.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	default:
		return nil
	}
}

// withoutBlanks returns source without the blank lines directly before the given lines.
func withoutBlanks(source []byte, returns []int) []byte {
	lines := bytes.Split(source, []byte("\n"))
	for _, line := range slices.Backward(returns) {
		first := line
		for isBlank(lines, first-1) {
			first--
		}
		lines = slices.Delete(lines, first-1, line-1)
	}
	return bytes.Join(lines, []byte("\n"))
}

// isBlank reports whether the line with this number, counted from 1, exists and is blank.
func isBlank(lines [][]byte, number int) bool {
	return number >= 1 && len(bytes.TrimSpace(lines[number-1])) == 0
}
