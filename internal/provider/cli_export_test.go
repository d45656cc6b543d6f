package provider

// NewWithStore is New with another store behind topology_file, for tests outside of the package.
var NewWithStore = newWithStore
