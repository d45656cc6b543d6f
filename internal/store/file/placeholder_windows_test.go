package file

import (
	"io/fs"
	"testing"

	"golang.org/x/sys/windows"
)

func TestWithoutPlaceholder(t *testing.T) {
	t.Parallel()

	const irregular = fs.ModeIrregular | 0o666

	for _, tc := range []struct {
		name string
		tag  uint32
		mode fs.FileMode
		want fs.FileMode
	}{
		{"OneDrive", 0x9000601A, irregular, 0o666},                                   // IO_REPARSE_TAG_CLOUD_6
		{"OneDrive, folder", 0x9000701A, irregular | fs.ModeDir, fs.ModeDir | 0o666}, // IO_REPARSE_TAG_CLOUD_7
		{"Storage Sync", 0x8000001E, irregular, 0o666},                               // IO_REPARSE_TAG_STORAGE_SYNC
		{"Data Deduplication", 0x80000013, irregular, 0o666},                         // IO_REPARSE_TAG_DEDUP
		{"compressed by WOF", 0x80000017, irregular, 0o666},                          // IO_REPARSE_TAG_WOF
		{"symbolic link", windows.IO_REPARSE_TAG_SYMLINK, irregular, irregular},
		{"junction", windows.IO_REPARSE_TAG_MOUNT_POINT, irregular, irregular},
		{"symbolic link of Linux", 0xA000001D, irregular, irregular}, // IO_REPARSE_TAG_LX_SYMLINK
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			if got := withoutPlaceholder(tc.mode, tc.tag); got != tc.want {
				t.Errorf("the mode is %v, want %v", got, tc.want)
			}
		})
	}
}
