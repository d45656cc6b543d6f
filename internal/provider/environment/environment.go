// Package environment names the environment variables that replace arguments of the provider, and describes them in its
// schema.
package environment

// Environment variables of the provider itself.
const (
	TopologyFile  = "LYNC_TOPOLOGY_FILE"
	ReadOnly      = "LYNC_READ_ONLY"
	StrictSupport = "LYNC_STRICT_SUPPORT"
)

// Environment variables of the transports in management_shell.
const (
	Host                 = "LYNC_HOST"
	Port                 = "LYNC_PORT"
	Username             = "LYNC_USERNAME"
	Password             = "LYNC_PASSWORD" //nolint:gosec // a name
	CAFile               = "LYNC_CA_FILE"
	ClientCertificate    = "LYNC_CLIENT_CERTIFICATE"
	ClientKey            = "LYNC_CLIENT_KEY"
	PrivateKey           = "LYNC_PRIVATE_KEY"
	PrivateKeyPassphrase = "LYNC_PRIVATE_KEY_PASSPHRASE" //nolint:gosec // a name
	HostKey              = "LYNC_HOST_KEY"
	ConnectTimeout       = "LYNC_CONNECT_TIMEOUT"
	OperationTimeout     = "LYNC_OPERATION_TIMEOUT"
	MaxConcurrentShells  = "LYNC_MAX_CONCURRENT_SHELLS"
)

// Alternative returns the sentence that ends the description of an argument which the variable can replace.
func Alternative(variable string) string {
	return "Can also be set with the environment variable `" + variable + "`."
}
