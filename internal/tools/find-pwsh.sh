#!/usr/bin/env bash
# Prints the path of PowerShell: LYNC_PWSH, else pwsh on PATH, else ../shared/pwsh/pwsh beside the repository. It fails
# with exit code 1 if there is none, and with 2 if LYNC_PWSH is no program or a relative path. The tests use testkit.FindPowerShell, which
# has the same order.
set -euo pipefail

if [[ -n "${LYNC_PWSH:-}" ]]; then
	# Tests run in other folders, so that a relative path would be another one there.
	if [[ "$LYNC_PWSH" != *[/\\]* || "$LYNC_PWSH" == /* || "$LYNC_PWSH" == [A-Za-z]:* ]]; then
		type -P "$LYNC_PWSH" && exit
	fi
	echo "LYNC_PWSH is neither the absolute path of a program nor its name on PATH: $LYNC_PWSH." \
		"Set it to that of PowerShell, or unset it." >&2
	exit 2
fi
shared="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/../shared/pwsh/pwsh"
type -P pwsh || type -P "$shared"
