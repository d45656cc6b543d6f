// Package testkit is what the tests of the project share: a builder of synthetic topology documents, helpers that look
// at and change documents as text, and a workspace that runs the built provider with the command line itself.
//
// Documents are declared as an [Estate] and come out in the style of a document that the product wrote, to the white
// space. The package knows the format by itself and imports no other package of the project: a test that compares two
// readings of a document is only worth something when they were written apart.
//
// Mistakes of a test author panic, so that a declaration stays one expression.
package testkit
