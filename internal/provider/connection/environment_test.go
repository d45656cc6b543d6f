package connection

import (
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

// TestEnvironment checks that each variable sets one attribute, that the configuration takes precedence, and that a
// variable without a use is ignored. It changes the environment, so it cannot run in parallel.
func TestEnvironment(t *testing.T) {
	const (
		fromEnvironment = 1234
		configured      = 5
	)
	variables := map[string]string{
		"Host": environment.Host, "User": environment.Username, "Password": environment.Password,
		"CAFile": environment.CAFile, "ClientCertificate": environment.ClientCertificate,
		"ClientKey": environment.ClientKey, "PrivateKey": environment.PrivateKey,
		"PrivateKeyPassphrase": environment.PrivateKeyPassphrase, "HostKey": environment.HostKey,
	}
	for _, name := range variables {
		t.Setenv(name, "from "+name)
	}
	t.Setenv(environment.Port, "1234")
	text, yes, port := types.StringValue("configured"), types.BoolValue(true), types.Int64Value(configured)
	auth := types.StringValue
	for name, test := range map[string]struct {
		model    any      // a winrmModel or sshModel
		want     []string // the fields that the environment sets
		wantPort int64
	}{
		"winrm": {winrmModel{}, []string{"Host", "User", "Password", "CAFile"}, fromEnvironment},
		"basic": {winrmModel{Auth: auth("basic")}, []string{"Host", "User", "Password", "CAFile"}, fromEnvironment},
		"kerberos": {winrmModel{Auth: auth("kerberos")}, []string{"Host", "User", "Password", "CAFile"},
			fromEnvironment},
		"kerberos from a cache": {
			winrmModel{Auth: auth("kerberos"), KerberosCache: text}, []string{"Host", "CAFile"}, fromEnvironment,
		},
		"certificate": {
			winrmModel{Auth: auth("certificate")}, []string{"Host", "CAFile", "ClientCertificate", "ClientKey"},
			fromEnvironment,
		},
		"certificate and CredSSP": {
			winrmModel{Auth: auth("certificate"), CredSSP: yes},
			[]string{"Host", "User", "Password", "CAFile", "ClientCertificate", "ClientKey"}, fromEnvironment,
		},
		"plain HTTP": {
			winrmModel{Auth: auth("ntlm"), PlainHTTP: yes}, []string{"Host", "User", "Password"}, fromEnvironment,
		},
		"winrm configured": {winrmModel{
			Host: text, User: text, Password: text, CAFile: text, ClientCertificate: text, ClientKey: text, Port: port,
		}, nil, configured},
		"ssh": {
			sshModel{}, []string{"Host", "User", "Password", "PrivateKey", "PrivateKeyPassphrase", "HostKey"},
			fromEnvironment,
		},
		"ssh with known hosts": {
			sshModel{KnownHostsFile: text}, []string{"Host", "User", "Password", "PrivateKey", "PrivateKeyPassphrase"},
			fromEnvironment,
		},
		"ssh configured": {sshModel{
			Host: text, User: text, Password: text, PrivateKey: text, PrivateKeyPassphrase: text, HostKey: text,
			Port: port,
		}, nil, configured},
	} {
		c := checker{at: blockPath}
		want := map[string]string{}
		for _, field := range test.want {
			want[field] = "from " + variables[field]
		}
		before := reflect.ValueOf(test.model)
		var after reflect.Value
		switch m := test.model.(type) {
		case winrmModel:
			m.complete(&c)
			after = reflect.ValueOf(m)
		case sshModel:
			m.complete(&c)
			after = reflect.ValueOf(m)
		}
		got := changedTexts(before, after)
		gotPort, _ := after.FieldByName("Port").Interface().(types.Int64)
		if !reflect.DeepEqual(got, want) || gotPort.ValueInt64() != test.wantPort || c.diags.HasError() {
			t.Errorf("%s: sets %v and port %v, want %v and port %d; %v",
				name, got, gotPort, want, test.wantPort, c.diags)
		}
	}
}

// changedTexts returns the text fields of a model that differ, with their new values.
func changedTexts(before, after reflect.Value) map[string]string {
	changed := map[string]string{}
	for i := range after.NumField() {
		value, isText := after.Field(i).Interface().(types.String)
		if isText && !reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			changed[after.Type().Field(i).Name] = value.ValueString()
		}
	}
	return changed
}

// TestEnvironmentLimits checks timeouts and the number of shells.
func TestEnvironmentLimits(t *testing.T) {
	for name, value := range map[string]string{
		environment.ConnectTimeout: "7s", environment.OperationTimeout: "8s", environment.MaxConcurrentShells: "9",
	} {
		t.Setenv(name, value)
	}
	c := checker{at: blockPath}
	var (
		winrm winrmModel
		ssh   sshModel
	)
	winrm.complete(&c)
	ssh.complete(&c)
	if got := winrm.config(); got.ConnectTimeout != 7*time.Second || got.OperationTimeout != 8*time.Second ||
		got.MaxShells != 9 {
		t.Errorf("winrm has %v, %v and %d", got.ConnectTimeout, got.OperationTimeout, got.MaxShells)
	}
	if got := ssh.config(); got.ConnectTimeout != 7*time.Second || got.MaxSessions != 9 {
		t.Errorf("ssh has %v and %d", got.ConnectTimeout, got.MaxSessions)
	}
	configured := winrmModel{
		ConnectTimeout: types.StringValue("1s"), OperationTimeout: types.StringValue("2s"),
		MaxConcurrentShells: types.Int64Value(3),
	}
	configured.complete(&c)
	if got := configured.config(); got.ConnectTimeout != time.Second || got.OperationTimeout != 2*time.Second ||
		got.MaxShells != 3 {
		t.Errorf("the environment replaces configured settings: %v, %v and %d",
			got.ConnectTimeout, got.OperationTimeout, got.MaxShells)
	}
	if c.diags.HasError() {
		t.Error(c.diags)
	}
}
