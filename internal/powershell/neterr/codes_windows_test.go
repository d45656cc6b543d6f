package neterr

import "golang.org/x/sys/windows"

var system = codes{
	refused: windows.WSAECONNREFUSED, timedOut: windows.WSAETIMEDOUT, noHost: windows.WSAEHOSTUNREACH,
	noNetwork: windows.WSAENETUNREACH, reset: windows.WSAECONNRESET, aborted: windows.WSAECONNABORTED,
	closed: windows.WSAESHUTDOWN,
}
