package file

import (
	"errors"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The functions of the Encrypting File System (EFS), which golang.org/x/sys does not have.
var (
	advapi32                    = windows.NewLazySystemDLL("advapi32.dll")
	duplicateEncryptionInfoFile = advapi32.NewProc("DuplicateEncryptionInfoFile")
	decryptFile                 = advapi32.NewProc("DecryptFileW")
)

// errEncryption is the error if EFS reports success and the file does not have the encryption of the document.
var errEncryption = errors.New("the system did not change the encryption")

// keepEncryption gives an empty file of createWithList the encryption of the document, and returns the file, which it
// has to open again. A file that the creation encrypts is readable only for the account, so that the accounts that may
// decrypt the document are copied. A directory can encrypt each new file, also if the document is not encrypted.
func keepEncryption(f *os.File, doc document) (*os.File, error) {
	const encrypted = windows.FILE_ATTRIBUTE_ENCRYPTED

	flags, err := flagsOf(f)
	if err != nil {
		_ = discard(f) // the next publish removes what remains
		return nil, err
	}
	want := doc.attributes.flags & encrypted
	if want == 0 && flags&encrypted == 0 {
		return f, nil
	}

	// EFS needs the file for itself.
	err = f.Close()
	if err == nil {
		err = setEncryption(doc.path, f.Name(), want != 0)
	}
	if err == nil {
		var again *os.File
		if again, err = openTemporary(f.Name(), windows.OPEN_EXISTING, doc.attributes.descriptor); err == nil {
			f = again
			flags, err = flagsOf(f)
		}
	}
	if err == nil && flags&encrypted != want {
		err = errEncryption
	}
	if err != nil {
		_ = discard(f)
		return nil, &attributeError{"the encryption of the document cannot be set on the new file", err}
	}
	return f, nil
}

// setEncryption encrypts a file for the accounts that can decrypt the document, or decrypts the file.
func setEncryption(document, path string, encrypted bool) error {
	from, err := windows.UTF16PtrFromString(longPath(document))
	if err != nil {
		return err
	}
	to, err := windows.UTF16PtrFromString(longPath(path))
	if err != nil {
		return err
	}
	if !encrypted {
		if err := decryptFile.Find(); err != nil {
			return err
		}
		if ok, _, err := decryptFile.Call(uintptr(unsafe.Pointer(to)), 0); ok == 0 {
			return os.NewSyscallError("DecryptFile", err)
		}
		return nil
	}
	if err := duplicateEncryptionInfoFile.Find(); err != nil {
		return err
	}

	// CREATE_ALWAYS keeps the access control list of a file that exists. The result is an error code.
	code, _, _ := duplicateEncryptionInfoFile.Call(uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(to)),
		windows.CREATE_ALWAYS, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if code != 0 {
		return os.NewSyscallError("DuplicateEncryptionInfoFile", syscall.Errno(code))
	}
	return nil
}
