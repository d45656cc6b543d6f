#!/usr/bin/env bash
# Runs PSScriptAnalyzer on PowerShell scripts with the settings in the root folder of the repository, and fails if it
# reports anything:
#
#	pslint.sh [SCRIPT.ps1...]  checks these scripts, by default all of the repository
#	pslint.sh --version        prints the versions of PowerShell and PSScriptAnalyzer, or fails and prints what is missing
#
# Without PowerShell or PSScriptAnalyzer it prints that it checks nothing, and succeeds. A PowerShell that does not start,
# or a LYNC_PWSH that is no program, is an error.
set -euo pipefail

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
root="$(cd "$tools/../.." && pwd)"

# version prints the versions, or fails and prints what is missing.
version() {
	if [[ -z "$pwsh" ]]; then
		echo "no PowerShell"
		return 1
	fi
	"$pwsh" -NoLogo -NoProfile -NonInteractive -File "$tools/pslint/version.ps1"
}

pwsh="$("$tools/find-pwsh.sh")" || (($? == 1)) || exit 1
if [[ "${1:-}" == --version ]]; then
	version
	exit
fi
if ! found="$(version)"; then
	if [[ -z "$found" ]]; then
		echo "$pwsh does not start, or is no PowerShell. It prints no version." >&2
		exit 1
	fi
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
