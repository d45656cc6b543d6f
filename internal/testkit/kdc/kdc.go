//go:build unix

package kdc

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// KDC is a running KDC of one or more realms.
type KDC struct {
	// Realm is the first realm.
	Realm string
	// Config is the path of a krb5.conf for clients.
	Config string
	// Port is the port on 127.0.0.1, over TCP and UDP.
	Port int

	t           testing.TB
	folder      string
	environment []string
}

// Start starts a KDC. It ends with the test. Start skips the test if the programs are missing.
func Start(t testing.TB, realms ...string) *KDC {
	t.Helper()
	testkit.SkipIfShort(t)
	for _, name := range []string{"krb5kdc", "kdb5_util", "kadmin.local"} {
		program(t, name)
	}
	k := &KDC{t: t, Realm: realms[0], Port: freePort(t), folder: t.TempDir()}
	k.Config = filepath.Join(k.folder, "krb5.conf")
	k.environment = append(os.Environ(), "KRB5_CONFIG="+filepath.Join(k.folder, "server.conf"),
		"KRB5_KDC_PROFILE="+filepath.Join(k.folder, "kdc.conf"), "LC_ALL=C")

	k.configure(realms)
	for _, realm := range realms {
		k.run("", "kdb5_util", "-r", realm, "create", "-s", "-P", "master")
	}
	for range 3 {
		if k.serve(realms) {
			return k
		}
		k.Port = freePort(t) // another program has taken the port
		k.configure(realms)
	}
	t.Fatalf("krb5kdc does not start:\n%s", k.Log())
	return nil
}

// configure writes the configurations of the KDC and of the clients. The KDC knows in which realm a host is, and refers
// to it. The clients do not.
func (k *KDC) configure(realms []string) {
	k.t.Helper()
	var known, served, domains strings.Builder
	for _, realm := range realms {
		domain := strings.ToLower(realm)
		fmt.Fprintf(&known, " %s = {\n  kdc = 127.0.0.1:%d\n }\n", realm, k.Port)
		fmt.Fprintf(&domains, " .%[1]s = %[2]s\n", domain, realm)
		fmt.Fprintf(&served, " %s = {\n  database_name = %s\n  key_stash_file = %s\n"+
			"  kdc_listen = 127.0.0.1:%[4]d\n  kdc_tcp_listen = 127.0.0.1:%[4]d\n  acl_file = /dev/null\n"+
			"  supported_enctypes = aes256-cts:normal aes128-cts:normal rc4-hmac:normal\n }\n",
			realm, filepath.Join(k.folder, realm+".db"), filepath.Join(k.folder, realm+".stash"), k.Port)
	}
	client := "[libdefaults]\n default_realm = " + k.Realm + "\n dns_lookup_kdc = false\n[realms]\n" + known.String()
	server := client + "[domain_realm]\n" + domains.String() + "[logging]\n kdc = FILE:" + k.log() + "\n"
	for name, text := range map[string]string{
		"krb5.conf": client, "server.conf": server, "kdc.conf": "[realms]\n" + served.String(),
	} {
		if err := os.WriteFile(filepath.Join(k.folder, name), []byte(text), 0o600); err != nil {
			k.t.Fatal(err)
		}
	}
}

// serve starts krb5kdc and waits until it listens. It reports whether krb5kdc does, and logs what it has printed else.
func (k *KDC) serve(realms []string) bool {
	k.t.Helper()
	arguments := []string{"-n"}
	for _, realm := range realms {
		arguments = append(arguments, "-r", realm)
	}
	//nolint:gosec // a test starts the program that it has found
	command := exec.CommandContext(context.WithoutCancel(k.t.Context()), program(k.t, "krb5kdc"), arguments...)
	command.Env = k.environment
	stderr, err := command.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if k.t.Failed() {
			lines := strings.Split(k.Log(), "\n")
			k.t.Logf("end of the log of the KDC:\n%s", strings.Join(lines[max(0, len(lines)-20):], "\n"))
		}
	})
	var seen strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		seen.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "starting") {
			return true
		}
	}
	k.t.Logf("krb5kdc does not start:\n%s", &seen)
	return false
}

func (k *KDC) log() string { return filepath.Join(k.folder, "log") }

// Log returns the log of the KDC.
func (k *KDC) Log() string {
	text, _ := os.ReadFile(k.log())
	return string(text)
}

// Admin runs commands of kadmin in a realm and returns their output.
func (k *KDC) Admin(realm string, commands ...string) string {
	k.t.Helper()
	output := k.run(strings.Join(commands, "\n")+"\n", "kadmin.local", "-r", realm)
	if failure := adminFailure.FindString(output); failure != "" {
		k.t.Fatalf("%q: %s", commands, failure)
	}
	return output
}

// adminFailure matches the message of a command that failed.
var adminFailure = regexp.MustCompile(`(?m)^(\w+: .*(while|required).*|.*[Uu]sage: .*)$`)

// Failures returns how often a wrong password of a user has counted since the last right one.
func (k *KDC) Failures(user string) int {
	k.t.Helper()
	output := k.Admin(k.Realm, "getprinc "+user)
	found := regexp.MustCompile(`Failed password attempts: (\d+)`).FindStringSubmatch(output)
	if found == nil {
		k.t.Fatalf("no counter in: %s", output)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// Keytab creates a service in a realm and returns the path of its keytab.
func (k *KDC) Keytab(realm, service string) string {
	k.t.Helper()
	path := filepath.Join(k.t.TempDir(), "keytab")
	k.Admin(realm, "addprinc -randkey "+service, "ktadd -k "+path+" "+service)
	return path
}

// Cache logs a user in with kinit and returns the path of the credential cache.
func (k *KDC) Cache(user, password string, options ...string) string {
	k.t.Helper()
	path := filepath.Join(k.t.TempDir(), "cache")
	k.run(password+"\n", "kinit", append(options, "-c", path, user)...)
	return path
}

// LogIn logs a user in with kinit and a krb5.conf. It returns the message of kinit as the error.
func (k *KDC) LogIn(config, user, password string) error {
	k.t.Helper()
	cache := "FILE:" + filepath.Join(k.t.TempDir(), "cache")
	//nolint:gosec // a test starts the program that it has found
	command := exec.CommandContext(k.t.Context(), program(k.t, "kinit"), "-c", cache, user)
	command.Env = append(os.Environ(), "KRB5_CONFIG="+config, "LC_ALL=C")
	command.Stdin = strings.NewReader(password + "\n")

	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("kinit: %w: %s", err, bytes.TrimSpace(output))
	}
	return nil
}

// run runs a program with the configuration of the KDC and returns its output.
func (k *KDC) run(input, name string, arguments ...string) string {
	k.t.Helper()
	//nolint:gosec // a test starts the program that it has found
	command := exec.CommandContext(k.t.Context(), program(k.t, name), arguments...)
	command.Env, command.Stdin = k.environment, strings.NewReader(input)
	output, err := command.CombinedOutput()
	if err != nil {
		k.t.Fatalf("%s %q: %v\n%s", name, arguments, err, output)
	}
	return string(bytes.TrimSpace(output))
}

// program returns the path of a program, or skips the test.
func program(t testing.TB, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	testkit.SkipWithoutPeer(t, name+" is not installed: run internal/tools/kdc/install.sh")
	return ""
}

// freePort returns a port that no program listens on.
func freePort(t testing.TB) int {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port
}
