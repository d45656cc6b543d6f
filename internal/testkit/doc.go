// Package testkit provides synthetic topology documents for tests, and a workspace in which a test runs the built
// provider with Terraform or OpenTofu.
//
// An [Estate] declares a document, and a [Draft] also builds faulty ones. Other helpers compare and edit documents as
// text. A document has the form, including the white space, of one that the product writes. The package implements the
// format itself and imports no other package of the project, so that tests compare two independent implementations.
//
// A mistake in a declaration panics, so that a declaration stays one expression.
package testkit
