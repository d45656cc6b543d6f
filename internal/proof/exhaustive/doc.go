// Package exhaustive proves the promises of the design on all small topologies: a model that shares no code with the
// rule catalogue agrees with the client on every operation. It has only tests.
package exhaustive
