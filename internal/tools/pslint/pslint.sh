#!/usr/bin/env bash
# Runs PSScriptAnalyzer on PowerShell scripts with the settings in the root folder of the repository, and fails if it
# reports anything:
#
#	pslint.sh [SCRIPT.ps1...]  checks these scripts, by default all of the repository
#	pslint.sh --version        prints the versions of PowerShell and PSScriptAnalyzer, or prints what is missing and fails
#	                           with exit code 1
#
# Without PowerShell or PSScriptAnalyzer it prints that it checks nothing, and succeeds. A program that is no PowerShell,
# or a LYNC_PWSH that is no PowerShell with PSScriptAnalyzer, is an error with exit code 2.
set -euo pipefail

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
root="$(cd "$tools/../.." && pwd)"

# version prints the versions, or prints what is missing and fails.
version() {
	local found
	if [[ -z "$pwsh" ]]; then
		echo "no PowerShell"
		return 1
	fi
	found="$("$pwsh" -NoLogo -NoProfile -NonInteractive -File "$tools/pslint/version.ps1" || true)"
	if [[ ! "$found" =~ ^PowerShell\ [0-9] ]]; then
		echo "$pwsh does not start, or is no PowerShell. It prints no version." >&2
		return 2
	fi
	if [[ "$found" != *" with PSScriptAnalyzer "* && -n "${LYNC_PWSH:-}" ]]; then
		echo "LYNC_PWSH is a $found. Install that module, or unset LYNC_PWSH." >&2
		return 2
	fi
	echo "$found"
	[[ "$found" == *" with PSScriptAnalyzer "* ]]
}

pwsh="$("$tools/find-pwsh.sh")" || (($? == 1)) || exit 2
code=0
found="$(version)" || code=$?
if ((code == 2)); then
	exit 2
fi
if [[ "${1:-}" == --version ]]; then
	echo "$found"
	exit "$code"
fi
if ((code != 0)); then
	echo "Skipped: the PowerShell scripts are not checked with PSScriptAnalyzer ($found)."
	exit
fi
echo "$found"
if (($# == 0)); then
	while IFS= read -r -d '' script; do
		set -- "$@" "$script"
	done < <(find "$root/internal" -name node_modules -prune -o -name '*.ps1' -print0)
fi
"$pwsh" -NoLogo -NoProfile -NonInteractive -File "$tools/pslint/pslint.ps1" "$root/PSScriptAnalyzerSettings.psd1" "$@"
