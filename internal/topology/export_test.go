package topology

// ParseDuration is parseDuration for tests outside of the package.
var ParseDuration = parseDuration
