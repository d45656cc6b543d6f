package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// blankBefore returns the lines of the statements that follow a blank line and must not, in ascending order: a return
// at the end of a block, and a statement after one that ends with a block, such as an if or a loop. It ignores
// generated files. A comment between the blank line and the statement separates them, so a paragraph begins with a
// comment.
func blankBefore(name string, source []byte) ([]int, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil || ast.IsGenerated(file) {
		return nil, err
	}
	lines := bytes.Split(source, []byte("\n"))
	// Not the position that a line directive gives: the fix works on the lines of this file.
	lineOf := func(pos token.Pos) int { return files.PositionFor(pos, false).Line }
	var found []int
	ast.Inspect(file, func(node ast.Node) bool {
		block := statements(node)
		for i, statement := range block {
			line := lineOf(statement.Pos())
			_, isReturn := statement.(*ast.ReturnStmt)
			endsBlock := isReturn && i == len(block)-1
			// The blank line before a block on one line is not in the block.
			if (endsBlock || i > 0 && endsWithBlock(block[i-1])) && lineOf(node.Pos()) < line-1 &&
				isBlank(lines, line-1) {
				found = append(found, line)
			}
		}
		return true
	})
	slices.Sort(found)
	return found, nil
}

// endsWithBlock reports whether the last line of a statement closes a block of its own.
func endsWithBlock(statement ast.Stmt) bool {
	switch statement.(type) {
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt,
		*ast.BlockStmt:
		return true
	default:
		return false
	}
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
func withoutBlanks(source []byte, statements []int) []byte {
	lines := bytes.Split(source, []byte("\n"))
	for _, line := range slices.Backward(statements) {
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
