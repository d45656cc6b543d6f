package winrm

import "golang.org/x/sys/windows"

// The codes of this system for errors of a connection.
const (
	codeAborted  = windows.WSAECONNABORTED
	codeNoRoute  = windows.WSAEHOSTUNREACH
	codeRefused  = windows.WSAECONNREFUSED
	codeTimedOut = windows.WSAETIMEDOUT
)
