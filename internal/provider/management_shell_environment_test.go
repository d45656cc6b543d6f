package provider

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestDocumentedVariables compares the list in the documentation with the variables there are.
func TestDocumentedVariables(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "index.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(LYNC_\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, row[1])
	}
	want := []string{
		envTopologyFile, envReadOnly, envStrictSupport, envHost, envPort, envUsername, envPassword, envCAFile, envClientCertificate, envClientKey,
		envPrivateKey, envPrivateKeyPassphrase, envHostKey, envConnectTimeout, envOperationTimeout, envMaxConcurrentShells,
	}
	if !slices.Equal(got, want) {
		t.Errorf("documented are %v, and there are %v", got, want)
	}
}

// TestManagementShellEnvironment cannot run beside other tests, since the environment belongs to all of them. Every
// variable stands for one attribute, the configuration wins, and what has no use is left where it is.
func TestManagementShellEnvironment(t *testing.T) {
	env := map[string]string{
		"Host": envHost, "User": envUsername, "Password": envPassword, "CAFile": envCAFile, "ClientCertificate": envClientCertificate,
		"ClientKey": envClientKey, "PrivateKey": envPrivateKey, "PrivateKeyPassphrase": envPrivateKeyPassphrase, "HostKey": envHostKey,
	}
	for _, name := range env {
		t.Setenv(name, "from "+name)
	}
	t.Setenv(envPort, "1234")
	text, yes := types.StringValue("configured"), types.BoolValue(true)
	with := func(auth string) winrmModel { return winrmModel{Auth: types.StringValue(auth)} }
	certificate, cache, plain := with("certificate"), with("kerberos"), with("ntlm")
	cache.KerberosCache, plain.PlainHTTP = text, yes
	twice := certificate
	twice.CredSSP = yes
	for name, test := range map[string]struct {
		model any // a winrmModel or sshModel
		takes []string
	}{
		"winrm":                   {winrmModel{}, []string{"Host", "User", "Password", "CAFile"}},
		"basic":                   {with("basic"), []string{"Host", "User", "Password", "CAFile"}},
		"kerberos":                {with("kerberos"), []string{"Host", "User", "Password", "CAFile"}},
		"kerberos from a cache":   {cache, []string{"Host", "CAFile"}},
		"certificate":             {certificate, []string{"Host", "CAFile", "ClientCertificate", "ClientKey"}},
		"certificate and CredSSP": {twice, []string{"Host", "User", "Password", "CAFile", "ClientCertificate", "ClientKey"}},
		"plain HTTP":              {plain, []string{"Host", "User", "Password"}},
		"winrm configured": {winrmModel{
			Host: text, User: text, Password: text, CAFile: text, ClientCertificate: text, ClientKey: text, Port: types.Int64Value(5),
		}, nil},
		"ssh":                  {sshModel{}, []string{"Host", "User", "Password", "PrivateKey", "PrivateKeyPassphrase", "HostKey"}},
		"ssh with known hosts": {sshModel{KnownHostsFile: text}, []string{"Host", "User", "Password", "PrivateKey", "PrivateKeyPassphrase"}},
		"ssh configured": {sshModel{
			Host: text, User: text, Password: text, PrivateKey: text, PrivateKeyPassphrase: text, HostKey: text, Port: types.Int64Value(5),
		}, nil},
	} {
		s := settings{at: shellPath}
		want, got := map[string]string{}, map[string]string{}
		for _, field := range test.takes {
			want[field] = "from " + env[field]
		}
		before := reflect.ValueOf(test.model)
		var after reflect.Value
		port := int64(1234)
		switch m := test.model.(type) {
		case winrmModel:
			m.complete(&s)
			after = reflect.ValueOf(m)
		case sshModel:
			m.complete(&s)
			after = reflect.ValueOf(m)
		}
		for i := range after.NumField() {
			if was, is := before.Field(i).Interface(), after.Field(i).Interface(); !reflect.DeepEqual(was, is) {
				if value, ok := is.(types.String); ok {
					got[after.Type().Field(i).Name] = value.ValueString()
				}
			} else if value, ok := is.(types.Int64); ok && !value.IsNull() {
				port = 5
			}
		}
		is, _ := after.FieldByName("Port").Interface().(types.Int64)
		if !reflect.DeepEqual(got, want) || is.ValueInt64() != port || s.diags.HasError() {
			t.Errorf("%s: takes %v and port %v, should take %v; %v", name, got, is, want, s.diags)
		}
	}
}

func TestManagementShellTimesOfTheEnvironment(t *testing.T) {
	for name, value := range map[string]string{envConnectTimeout: "7s", envOperationTimeout: "8s", envMaxConcurrentShells: "9"} {
		t.Setenv(name, value)
	}
	s := settings{at: shellPath}
	var (
		winrm winrmModel
		ssh   sshModel
	)
	winrm.complete(&s)
	ssh.complete(&s)
	if c := winrm.config(); c.ConnectTimeout != 7*time.Second || c.OperationTimeout != 8*time.Second || c.MaxShells != 9 {
		t.Errorf("winrm has %v, %v and %d", c.ConnectTimeout, c.OperationTimeout, c.MaxShells)
	}
	if c := ssh.config(); c.ConnectTimeout != 7*time.Second || c.MaxSessions != 9 {
		t.Errorf("ssh has %v and %d", c.ConnectTimeout, c.MaxSessions)
	}
	configured := winrmModel{ConnectTimeout: types.StringValue("1s"), OperationTimeout: types.StringValue("2s"), MaxConcurrentShells: types.Int64Value(3)}
	configured.complete(&s)
	if c := configured.config(); c.ConnectTimeout != time.Second || c.OperationTimeout != 2*time.Second || c.MaxShells != 3 {
		t.Errorf("what is configured gives way: %v, %v and %d", c.ConnectTimeout, c.OperationTimeout, c.MaxShells)
	}
	if s.diags.HasError() {
		t.Error(s.diags)
	}
}
