package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// edit replaces the bytes of a file from start up to end.
type edit struct {
	start, end int
	text       string
}

// place returns the changed lines before and after an edit.
func (e edit) place(source []byte) place {
	first := strings.LastIndexByte(string(source[:e.start]), '\n') + 1
	last := len(source)
	if i := strings.IndexByte(string(source[e.end:]), '\n'); i >= 0 {
		last = e.end + i
	}
	join := func(parts ...string) string { return strings.Join(strings.Fields(strings.Join(parts, "")), " ") }
	return place{
		before: join(string(source[first:last])),
		after:  join(string(source[first:e.start]), e.text, string(source[e.end:last])),
	}
}

// scope is a node with the nodes around it, outermost first.
type scope struct {
	around []ast.Node
	text   func(ast.Node) string
	edit   func(from, to token.Pos, text string) edit
}

// operators has the kinds of mutants. Each function returns the edits of one node.
var operators = []func(ast.Node, scope) []edit{
	negateCondition, swapOperator, removeStatement, changeResult, changeConstant,
}

// editsOf returns the edits of a declaration that make a mutant each, in the order of the source.
func editsOf(decl ast.Decl, source []byte, files *token.FileSet) []edit {
	offset := func(pos token.Pos) int { return files.Position(pos).Offset }
	var edits []edit
	ast.PreorderStack(decl, nil, func(n ast.Node, around []ast.Node) bool {
		if statement, ok := n.(*ast.ExprStmt); ok && isUnobservable(statement) {
			return false
		}
		if field, ok := n.(*ast.Field); ok && field.Tag != nil {
			return false
		}
		s := scope{
			around: around,
			text:   func(n ast.Node) string { return string(source[offset(n.Pos()):offset(n.End())]) },
			edit:   func(from, to token.Pos, text string) edit { return edit{offset(from), offset(to), text} },
		}
		for _, operator := range operators {
			edits = append(edits, operator(n, s)...)
		}
		return true
	})
	return edits
}

// isUnobservable reports whether a statement writes to the log, or checks what the code guarantees: no test can observe
// a change of it.
func isUnobservable(statement *ast.ExprStmt) bool {
	call, ok := statement.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := selector.X.(*ast.Ident)
	return ok && (pkg.Name == "tflog" || pkg.Name == "invariant")
}

// negateCondition negates the condition of an if or a loop. swapOperator does that for an equation.
func negateCondition(n ast.Node, s scope) []edit {
	var condition ast.Expr
	switch n := n.(type) {
	case *ast.IfStmt:
		condition = n.Cond
	case *ast.ForStmt:
		condition = n.Cond
	}
	if condition == nil || isEquation(condition) {
		return nil
	}
	return []edit{s.edit(condition.Pos(), condition.End(), negated(condition, s))}
}

// negated returns the text of a negated condition.
func negated(condition ast.Expr, s scope) string {
	switch c := condition.(type) {
	case *ast.UnaryExpr:
		if c.Op == token.NOT {
			return s.text(c.X)
		}
	case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr:
		return "!" + s.text(condition)
	}
	return "!(" + s.text(condition) + ")"
}

func isEquation(expr ast.Expr) bool {
	binary, ok := expr.(*ast.BinaryExpr)
	return ok && (binary.Op == token.EQL || binary.Op == token.NEQ)
}

var swaps = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.QUO,
	token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	token.INC: token.DEC, token.DEC: token.INC,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
}

// swapOperator replaces an operator by its opposite, or by the one with the other boundary.
func swapOperator(n ast.Node, s scope) []edit {
	var (
		pos token.Pos
		op  token.Token
	)
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if isText(n) {
			return nil
		}
		pos, op = n.OpPos, n.Op
	case *ast.IncDecStmt:
		pos, op = n.TokPos, n.Tok
	case *ast.AssignStmt:
		pos, op = n.TokPos, n.Tok
	}
	other, ok := swaps[op]
	if !ok {
		return nil
	}
	return []edit{s.edit(pos, pos+token.Pos(len(op.String())), other.String())}
}

// isText reports whether an expression joins texts, one of which is a literal.
func isText(expr ast.Expr) bool {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (isText(e.X) || isText(e.Y))
	default:
		return false
	}
}

// removeStatement removes a statement of a list that neither declares nor returns.
func removeStatement(n ast.Node, s scope) []edit {
	switch statement := n.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.SendStmt, *ast.BranchStmt:
	case *ast.AssignStmt:
		if statement.Tok == token.DEFINE {
			return nil
		}
	default:
		return nil
	}
	switch s.around[len(s.around)-1].(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return []edit{s.edit(n.Pos(), n.End(), "")}
	default:
		return nil
	}
}

// changeResult replaces one value of a return statement by the zero value, or by the opposite.
func changeResult(n ast.Node, s scope) []edit {
	statement, ok := n.(*ast.ReturnStmt)
	if !ok {
		return nil
	}
	types := resultsAround(s.around)
	if len(types) != len(statement.Results) {
		return nil
	}
	var edits []edit
	for i, value := range statement.Results {
		if other := otherResult(value, types[i], s); other != "" && other != s.text(value) {
			edits = append(edits, s.edit(value.Pos(), value.End(), other))
		}
	}
	return edits
}

// otherResult returns what replaces a value of a return statement, or no text if another operator changes it.
func otherResult(value, kind ast.Expr, s scope) string {
	other := zeroOf(kind)
	if other != "false" {
		return other
	}
	switch s.text(value) {
	case "true", "false":
		return ""
	}
	if isEquation(value) {
		return ""
	}
	return negated(value, s)
}

// resultsAround returns the types of the results of the innermost function.
func resultsAround(around []ast.Node) []ast.Expr {
	for _, n := range slices.Backward(around) {
		var signature *ast.FuncType
		switch f := n.(type) {
		case *ast.FuncLit:
			signature = f.Type
		case *ast.FuncDecl:
			signature = f.Type
		default:
			continue
		}
		var types []ast.Expr
		if signature.Results != nil {
			for _, field := range signature.Results.List {
				types = append(types, slices.Repeat([]ast.Expr{field.Type}, max(1, len(field.Names)))...)
			}
		}
		return types
	}
	return nil
}

// zeroOf returns the zero value of a type, or no text if that is not visible from its expression.
func zeroOf(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.StarExpr, *ast.MapType, *ast.FuncType, *ast.ChanType, *ast.InterfaceType:
		return "nil"
	case *ast.ArrayType:
		if t.Len == nil {
			return "nil"
		}
	case *ast.Ident:
		switch t.Name {
		case "bool":
			return "false"
		case "string":
			return `""`
		case "error", "any":
			return "nil"
		case "int", "int64", "uint64", "byte", "rune":
			return "0"
		}
	}
	return ""
}

// changeConstant increments an integer, and changes true and false.
func changeConstant(n ast.Node, s scope) []edit {
	if isBesideError(n, s) {
		return nil
	}
	switch literal := n.(type) {
	case *ast.BasicLit:
		if literal.Kind != token.INT {
			return nil
		}
		value, err := strconv.ParseInt(literal.Value, 0, 64)
		if err != nil {
			return nil
		}
		return []edit{s.edit(n.Pos(), n.End(), strconv.FormatInt(value+1, 10))}
	case *ast.Ident:
		if other := map[string]string{"true": "false", "false": "true"}[literal.Name]; other != "" {
			return []edit{s.edit(n.Pos(), n.End(), other)}
		}
	}
	return nil
}

// isBesideError reports whether a node is a value that a return statement has beside an error. Callers ignore it.
func isBesideError(n ast.Node, s scope) bool {
	if len(s.around) == 0 {
		return false
	}
	statement, ok := s.around[len(s.around)-1].(*ast.ReturnStmt)
	if !ok {
		return false
	}
	types, last := resultsAround(s.around), len(statement.Results)-1
	return len(types) == last+1 && s.text(types[last]) == "error" && n != statement.Results[last] &&
		s.text(statement.Results[last]) != "nil"
}
