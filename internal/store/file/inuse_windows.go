package file

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sys/windows"
)

const (
	// inUseLimit limits the time of the repetitions while another process has a file open. A reader has the document
	// open for milliseconds, a virus scanner or a program that synchronizes folders for up to about a second.
	inUseLimit = 3 * time.Second

	// missingLimit is the limit while a file does not exist. A replacement takes less than a millisecond, but several
	// processes can replace the file one after the other. A plan loads a path without a file once, and must not take
	// seconds for it.
	missingLimit = 500 * time.Millisecond

	firstPause   = time.Millisecond
	longestPause = 100 * time.Millisecond
)

// retryWhileInUse runs op again while it fails because another process has the file open or replaces it. Windows cannot
// replace an open file, and cannot open a file during its replacement. Both can return "access denied", as for missing
// rights, so that missing rights are reported with a delay. On some file systems, a file does not exist for a moment
// during its replacement. The end of ctx ends the repetitions, but does not prevent the first call.
func retryWhileInUse(ctx context.Context, op func() error) error {
	var (
		start = time.Now()
		limit time.Duration
	)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := op()
		repeat := retryTime(err)

		// A file that was in use and does not exist now is being replaced.
		limit = max(limit, repeat)
		if repeat == 0 || time.Since(start) >= limit {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// retryTime returns the time for which an operation with this error is repeated. It is 0 for other errors, and for nil.
func retryTime(err error) time.Duration {
	switch {
	case isHeld(err), errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return inUseLimit
	case errors.Is(err, windows.ERROR_FILE_NOT_FOUND):
		return missingLimit
	default:
		return 0
	}
}

// isHeld reports whether an operation failed because another program has the file open, and for no other reason.
func isHeld(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) ||
		errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_DELETE_PENDING) ||
		errors.Is(err, windows.ERROR_USER_MAPPED_FILE) ||
		errors.Is(err, windows.ERROR_CLOUD_FILE_IN_USE)
}

// isHeldAtReplacement is isHeld for the replacement of the document. The account may write the document and its
// directory, so that the most likely cause of a denial is a program that has the document open.
func isHeldAtReplacement(err error) bool {
	return isHeld(err) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
