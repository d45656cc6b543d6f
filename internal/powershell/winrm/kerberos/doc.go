// Package kerberos is a Kerberos client: it reads krb5.conf, logs in to a KDC with a password or a credential cache,
// and returns the tokens with which a host authenticates the user.
//
// The exchanges with the KDC are those of RFC 4120, with referrals of RFC 6806. The package uses the messages and the
// cryptography of jcmturner/gokrb5, but neither its client nor its parser of krb5.conf. That client guesses the salt of
// the password, reports no error codes, supports no context, and parses answers of the KDC in goroutines of its own, in
// which a panic ends the process. That parser crashes on valid files.
package kerberos
