// Package testkit provides a builder of synthetic topology documents, helpers that compare and edit documents as text,
// and a workspace that runs the built provider with Terraform or OpenTofu.
//
// An [Estate] declares a document. The document has the form, including the white space, of a document that the product
// writes. The package implements the format itself and imports no other package of the project, so that tests compare
// two independent implementations.
//
// A mistake in a declaration panics, so that a declaration stays one expression.
package testkit
