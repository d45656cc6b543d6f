package powershell

import "fmt"

// Guard calls parse and returns its error. It returns a panic in parse as a [*PanicError]: a library that parses bytes
// of a host must not end the provider, whatever these bytes are. Guard has no effect on other goroutines, so that each
// call into such a library is guarded on the goroutine on which it runs.
func Guard(parse func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &PanicError{cause}
		}
	}()
	return parse()
}

// A PanicError is a panic of a library that parses bytes of a host.
type PanicError struct{ Cause any }

func (e *PanicError) Error() string {
	return fmt.Sprintf("what the host sent makes the parser fail: %v", e.Cause)
}
