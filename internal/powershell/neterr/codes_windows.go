package neterr

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// kinds are the kinds of the codes of Winsock. An operation that completes later can also return the code of Windows
// for the same error. Package syscall has constants such as ECONNREFUSED on Windows too, but their values are its own,
// and no operation returns them.
var kinds = map[syscall.Errno]Kind{
	windows.WSAECONNREFUSED:          Refused,
	windows.ERROR_CONNECTION_REFUSED: Refused,

	windows.WSAETIMEDOUT:      TimedOut,
	windows.ERROR_SEM_TIMEOUT: TimedOut,

	windows.WSAEHOSTDOWN:              Unreachable,
	windows.WSAEHOSTUNREACH:           Unreachable,
	windows.WSAENETDOWN:               Unreachable,
	windows.WSAENETUNREACH:            Unreachable,
	windows.ERROR_HOST_DOWN:           Unreachable,
	windows.ERROR_HOST_UNREACHABLE:    Unreachable,
	windows.ERROR_NETWORK_UNREACHABLE: Unreachable,

	windows.WSAECONNABORTED:          Lost,
	windows.WSAECONNRESET:            Lost,
	windows.WSAENETRESET:             Lost,
	windows.WSAESHUTDOWN:             Lost,
	windows.ERROR_CONNECTION_ABORTED: Lost,
	windows.ERROR_NETNAME_DELETED:    Lost,
}
