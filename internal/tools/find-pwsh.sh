#!/usr/bin/env bash
# Prints the path of PowerShell: LYNC_PWSH, else pwsh on PATH, else ../shared/pwsh/pwsh beside the repository. It fails
# if there is none. The tests use testkit.FindPowerShell, which has the same order.
set -euo pipefail

if [[ -n "${LYNC_PWSH:-}" ]]; then
	printf '%s\n' "$LYNC_PWSH"
	exit
fi
shared="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/../shared/pwsh/pwsh"
type -P pwsh || type -P "$shared"
