package provider

import (
	"os"
	"strings"
)

// logLevels are the environment variables that set the levels of the loggers in this process: those of
// terraform-plugin-go and of the framework, and that of the provider. Without its variable, a logger writes every
// message.
var logLevels = []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_LYNC"}

// silenceLogs turns the loggers of this process off if no environment variable asks for logs. Otherwise Terraform
// parses each message and discards it, which takes more time than the work of the provider. The loggers read their
// levels from the environment in every call of the protocol, and have no other switch.
func silenceLogs() error {
	if wantsLogs(os.Environ()) {
		return nil
	}
	for _, name := range logLevels {
		if err := os.Setenv(name, "off"); err != nil {
			return err
		}
	}
	return nil
}

// wantsLogs reports whether one of the variables, each NAME=VALUE, asks for logs of this provider. Terraform passes its
// environment to the provider. As in Terraform, a variable with an empty value is unset. Names are not case sensitive,
// as on Windows.
func wantsLogs(variables []string) bool {
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		if value == "" {
			continue
		}
		switch name = strings.ToUpper(name); name {
		case "TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_LYNC":
			return true
		default:
			if strings.HasPrefix(name, "TF_LOG_SDK") {
				return true
			}
		}
	}
	return false
}
