package file

import (
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// nameSurrogate is the bit in the tag of a reparse point that stands for another file or directory, such as a symbolic
// link or a junction. See IsReparseTagNameSurrogate in winnt.h.
const nameSurrogate = 0x20000000

// withoutPlaceholder returns the mode of a file whose reparse point has this tag. The os package reports each reparse
// point that it does not know as irregular, and regular files of OneDrive and of similar programs have one. Its tag is
// no name surrogate: a program reads and writes such a file like any other.
func withoutPlaceholder(mode fs.FileMode, tag uint32) fs.FileMode {
	if tag&nameSurrogate != 0 {
		return mode
	}
	return mode &^ fs.ModeIrregular
}

// modeAt returns the mode of the file at a path, which info describes. It opens only a reparse point, and not the file
// that a program would have to download first.
func modeAt(path string, info fs.FileInfo) (fs.FileMode, error) {
	if info.Mode()&fs.ModeIrregular == 0 {
		return info.Mode(), nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return 0, err
	}

	// Closing a file that was only opened loses no data.
	defer func() { _ = f.Close() }()
	return modeOf(f, info)
}

// modeOf is modeAt for an open file.
func modeOf(f *os.File, info fs.FileInfo) (fs.FileMode, error) {
	if info.Mode()&fs.ModeIrregular == 0 {
		return info.Mode(), nil
	}
	var found struct{ attributes, tag uint32 } // FILE_ATTRIBUTE_TAG_INFO

	err := windows.GetFileInformationByHandleEx(windows.Handle(f.Fd()), windows.FileAttributeTagInfo,
		(*byte)(unsafe.Pointer(&found)), uint32(unsafe.Sizeof(found)))
	if err != nil {
		return 0, os.NewSyscallError("GetFileInformationByHandleEx", err)
	}
	return withoutPlaceholder(info.Mode(), found.tag), nil
}
