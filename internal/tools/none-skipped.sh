#!/usr/bin/env bash
# Runs a command with the output of `go test -v`, and fails if it fails, if a test was skipped, or if no test ran.
#   none-skipped.sh COMMAND [ARGUMENT...]
set -euo pipefail

output="$(mktemp)"
trap 'rm -f "$output"' EXIT
"$@" 2>&1 | tee "$output"
if grep -q -- '--- SKIP: ' "$output"; then
	echo "These tests were skipped:" >&2
	grep -- '--- SKIP: ' "$output" >&2
	exit 1
fi
if grep -q -- 'no tests to run' "$output" || ! grep -q -- '--- PASS: ' "$output"; then
	echo "A package ran no test." >&2
	exit 1
fi
