// Package sshd runs an OpenSSH server for a test. The server listens on loopback, uses new keys, runs as the user of
// the test, and stops at the end of the test. The test is skipped if sshd is not installed (Debian: openssh-server).
package sshd
