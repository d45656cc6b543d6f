// Package version holds the version of the provider.
package version

// Release is the version of the next release, or of this release if the source is that of a release. The first heading
// of CHANGELOG.md names the same version.
const Release = "0.1.0"

// Build is the version of this binary. The release build and `make install` set it with the linker flag -X.
var Build = Release + "-dev"
