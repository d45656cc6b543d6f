package csmodule

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// manifest is the manifest of the module, and moduleName its name.
const (
	manifest   = "Lync.psd1"
	moduleName = "Lync"
)

//go:embed build.ps1 cmdlets
var sources embed.FS

// module is the folder of modules of this process, for PSModulePath. Its once compiles the cmdlets.
var module struct {
	sync.Once
	folder string
	err    error
}

// modules returns the folder of modules for PSModulePath. The first call of a process compiles the cmdlets, unless an
// earlier process has compiled the same sources with the same PowerShell.
func modules(t testing.TB, powershell string) string {
	t.Helper()
	module.Do(func() { module.folder, module.err = build(powershell) })
	if module.err != nil {
		t.Fatal(module.err)
	}
	return module.folder
}

// build compiles the cmdlets, if that has not been done before, and returns the folder of modules.
func build(powershell string) (folder string, err error) {
	key, err := hash(powershell)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "terraform-provider-lync", "csmodule")
	folder = filepath.Join(cache, key)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(cache, "new")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if err := compile(powershell, work); err != nil {
		return "", err
	}
	err = os.Rename(filepath.Join(work, "modules"), folder)
	if _, found := os.Stat(folder); found == nil {
		return folder, nil // another process can have been faster
	}
	return folder, err
}

// compile compiles the cmdlets. The folder of modules is below work.
func compile(powershell, work string) error {
	if err := os.CopyFS(work, sources); err != nil {
		return err
	}
	folder := filepath.Join(work, "modules", moduleName)
	text, err := sources.ReadFile("cmdlets/" + manifest)
	if err := errors.Join(err, os.MkdirAll(folder, 0o700),
		os.WriteFile(filepath.Join(folder, manifest), text, 0o600)); err != nil {
		return err
	}
	//nolint:gosec,noctx // the PowerShell of the tests; its compiler ends
	cmd := exec.Command(powershell, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass",
		"-File", filepath.Join(work, "build.ps1"),
		filepath.Join(work, "cmdlets"), filepath.Join(folder, moduleName+".dll"))
	// With the modules of PowerShell 7, Windows PowerShell does not find its own ones.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.EqualFold(name, "PSModulePath")
	})
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("compile the cmdlets: %w\n%s", err, out)
	}
	return nil
}

// hash returns a name for the sources and the PowerShell.
func hash(powershell string) (string, error) {
	sum := sha256.New()
	program, err := filepath.EvalSymlinks(powershell)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(program)
	if err != nil {
		return "", err
	}
	_, _ = fmt.Fprintln(sum, program, info.ModTime(), info.Size())
	err = fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := sources.ReadFile(path)
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:12]), err
}
