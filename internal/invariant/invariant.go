// Package invariant panics when a condition does not hold that the code around it guarantees.
package invariant

import "fmt"

// Check panics if err is not nil. Use it only for errors that a defect of this program causes, never for errors that
// input can cause. The rule describes what must hold, such as "a start tag stays well-formed".
func Check(err error, rule string) {
	if err != nil {
		panic(fmt.Sprintf("broken invariant: %s: %v", rule, err))
	}
}

// That panics if a condition does not hold that only a defect of this program can break.
func That(holds bool, rule string, args ...any) {
	if !holds {
		panic("broken invariant: " + fmt.Sprintf(rule, args...))
	}
}
