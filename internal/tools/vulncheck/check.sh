#!/usr/bin/env bash
# Checks the functions that the provider calls for known vulnerabilities. The list of vulnerabilities is on the network.
# If it cannot be reached, the script prints a message and succeeds, so that it does not fail offline.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
export GOWORK=off

output="$(go tool -modfile=internal/tools/vulncheck/go.mod govulncheck ./... 2>&1)"
code=$?
printf '%s\n' "$output"
if ((code != 0)) && [[ "$output" == *"fetching vulnerabilities"* ]]; then
	echo "Not checked: cannot download the list of known vulnerabilities."
	exit 0
fi
exit "$code"
