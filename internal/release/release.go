// Package release holds the version that this source is released as.
package release

// Version is the next release's, or this one's where the source is that of a release. CHANGELOG.md begins with it.
const Version = "0.1.0"
