// Package kdc runs the KDC of MIT krb5 and a service that accepts its tickets, each in a process of its own on
// loopback, with all files in temporary folders. Tests are skipped if the programs are missing.
// internal/tools/kdc/install.sh installs them.
package kdc
