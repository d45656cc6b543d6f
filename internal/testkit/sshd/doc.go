// Package sshd runs a real OpenSSH server for tests: Debian's openssh-server, on loopback, with keys of its own, as the
// user that runs the tests. Where there is none the test is skipped. It ends with the test.
package sshd
