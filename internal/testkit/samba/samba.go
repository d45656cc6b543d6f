//go:build unix

package samba

import (
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

// Password is the password of all accounts.
const Password = "Geheim-4711"

// Domain is a running domain controller.
type Domain struct {
	Realm string
	// Config is the path of a krb5.conf for clients.
	Config string

	t      testing.TB
	folder string
}

// Start provisions a domain and starts its KDC, which takes about ten seconds. It skips the test unless tests run at
// full size and as root.
func Start(t testing.TB) *Domain {
	t.Helper()
	testkit.SkipUnlessLong(t)
	for _, name := range []string{"samba", "samba-tool"} {
		if _, err := exec.LookPath(name); err != nil {
			testkit.SkipWithoutPeer(t, name+" is not installed: run internal/tools/kdc/install.sh --samba")
		}
	}
	if os.Getuid() != 0 {
		t.Skip("Samba runs as root only")
	}
	d := &Domain{t: t, Realm: "LYNC.EXAMPLE", folder: t.TempDir()}
	d.tool("domain", "provision", "--realm="+d.Realm, "--domain=LYNC", "--server-role=dc", "--adminpass="+Password,
		"--targetdir="+d.folder, "--dns-backend=NONE", "--option=interfaces=lo", "--option=bind interfaces only=yes")
	d.configure()
	// Without a threshold, wrong passwords are not counted.
	d.manage("domain", "passwordsettings", "set", "--account-lockout-threshold=100")
	d.serve()
	return d
}

func (d *Domain) settings() string { return filepath.Join(d.folder, "etc", "kdc.conf") }

func (d *Domain) database() string { return filepath.Join(d.folder, "private", "sam.ldb") }

// configure writes the configurations of the KDC and of the clients.
func (d *Domain) configure() {
	d.t.Helper()
	ports := freePorts(d.t)
	server := fmt.Sprintf(`[global]
	interfaces = 127.0.0.1
	bind interfaces only = yes
	netbios name = DC
	realm = %[1]s
	workgroup = LYNC
	server role = active directory domain controller
	server services = kdc
	krb5 port = %[3]d
	kpasswd port = %[4]d
	private dir = %[2]s/private
	state directory = %[2]s/state
	cache directory = %[2]s/cache
	lock directory = %[2]s
	pid directory = %[2]s
	ncalrpc dir = %[2]s/ncalrpc
	binddns dir = %[2]s/bind-dns
	log file = %[2]s/log.%%m
`, d.Realm, d.folder, ports[0], ports[1])
	d.Config = filepath.Join(d.folder, "krb5.conf")
	client := fmt.Sprintf("[libdefaults]\n dns_lookup_kdc = false\n default_realm = %[1]s\n"+
		"[realms]\n %[1]s = {\n  kdc = 127.0.0.1:%[2]d\n }\n", d.Realm, ports[0])
	for path, text := range map[string]string{d.settings(): server, d.Config: client} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

// serve starts the KDC and waits until it listens.
func (d *Domain) serve() {
	d.t.Helper()
	//nolint:gosec // a test starts the program with its own files
	command := exec.CommandContext(context.WithoutCancel(d.t.Context()),
		"samba", "-i", "-M", "single", "-s", d.settings(), "--debug-stdout", "-d", "1")
	output, err := command.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	command.Stderr = command.Stdout
	input, err := command.StdinPipe() // samba ends with its input
	if err != nil {
		d.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = input.Close()
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	started := make(chan bool)
	go func() {
		log := make([]byte, 4096)
		isStarted := false
		for {
			n, err := output.Read(log)
			if !isStarted && strings.Contains(string(log[:n]), "process model") {
				isStarted = true
				started <- true
			}
			if err != nil {
				close(started)
				return
			}
		}
	}()
	if !<-started {
		d.t.Fatal("samba has ended")
	}
}

// AddUser creates an account with the name of its user principal name.
func (d *Domain) AddUser(name string) { d.manage("user", "create", name, Password) }

// Rename gives an account another name. The salt of its key keeps the old one.
func (d *Domain) Rename(name, to string) { d.manage("user", "rename", name, "--samaccountname="+to) }

// SetPrincipal gives an account another user principal name.
func (d *Domain) SetPrincipal(name, principal string) {
	d.manage("user", "rename", name, "--upn="+principal+"@"+strings.ToLower(d.Realm))
}

// Disable disables an account.
func (d *Domain) Disable(name string) { d.manage("user", "disable", name) }

// ExpirePassword requires a new password at the next login.
func (d *Domain) ExpirePassword(name string) {
	d.manage("user", "setpassword", name, "--newpassword="+Password, "--must-change-at-next-login")
}

// Failures returns how often a wrong password of an account has counted.
func (d *Domain) Failures(name string) int {
	d.t.Helper()
	found := regexp.MustCompile(`badPwdCount: (\d+)`).FindStringSubmatch(
		d.manage("user", "show", name, "--attributes=badPwdCount"))
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// Keytab creates an account with a service and returns the path of its keytab.
func (d *Domain) Keytab(service string) string {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), "keytab")
	d.AddUser("host")
	d.manage("spn", "add", service, "host")
	d.tool("domain", "exportkeytab", path, "-s", d.settings(), "--principal="+service)
	return path
}

// manage runs a command on the database of the domain.
func (d *Domain) manage(arguments ...string) string {
	d.t.Helper()
	return d.tool(append(arguments, "-s", d.settings(), "-H", d.database())...)
}

func (d *Domain) tool(arguments ...string) string {
	d.t.Helper()
	output, err := exec.CommandContext(d.t.Context(), "samba-tool", arguments...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("samba-tool %q: %v\n%s", arguments, err, output)
	}
	return string(output)
}

// freePorts returns two ports that no program listens on.
func freePorts(t testing.TB) (ports [2]int) {
	t.Helper()
	for i := range ports {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		if address, ok := listener.Addr().(*net.TCPAddr); ok {
			ports[i] = address.Port
		}
	}
	return ports
}
