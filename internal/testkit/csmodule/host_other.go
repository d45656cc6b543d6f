//go:build !unix

package csmodule

// Main does nothing: the stand-in runs on Unix only.
func Main() {}
