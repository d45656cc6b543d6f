#!/usr/bin/env bash
# Generates docs/ from the provider's schemas, templates/ and examples/:
#
#	docs.sh generate   replaces docs/ by the result, and generates the template of the page of rules
#	docs.sh check      fails if docs/ differs from the result
#
# It needs neither Terraform nor a network: tfplugindocs, pinned by the module in this directory, gets the schemas from
# a file. The script works in a temporary directory, so that docs/ is unchanged after a failure.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
case "${1:-}" in
generate | check) ;;
*) echo "Usage: ${BASH_SOURCE[0]} generate|check" >&2 && exit 2 ;;
esac

export GOWORK=off
unset GOOS GOARCH # the tools run on this platform
work="$(mktemp -d "${TMPDIR:-/tmp}/lync-docs.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# -buildvcs=false: git refuses to read the repository if the checkout belongs to another user. tfplugindocs expects a
# provider name without a host.
go run -buildvcs=false ./internal/tools/schemajson -name lync >"$work/schema.json"

# tfplugindocs COMMAND [ARGUMENT...] runs tfplugindocs in the temporary directory. It shows the long output only after a
# failure.
tfplugindocs() {
	local command="$1" output="$work/output"
	shift
	if ! go tool -modfile=internal/tools/docs/go.mod tfplugindocs "$command" \
		--provider-dir "$work" --provider-name lync --providers-schema "$work/schema.json" "$@" >"$output" 2>&1; then
		cat "$output" >&2
		return 1
	fi
}

cp -R docs templates examples "$work/"
chmod -R u+w "$work"
go run -buildvcs=false ./internal/tools/rulespage -out "$work/templates/guides/rules.md.tmpl"
tfplugindocs generate --rendered-provider-name Lync
tfplugindocs validate

case "$1" in
generate)
	rm -rf docs
	cp -R "$work/docs" docs
	cp "$work/templates/guides/rules.md.tmpl" templates/guides/
	echo "docs/ is generated."
	;;
check)
	if ! diff -ru docs "$work/docs"; then
		echo "docs/ is not up to date. Run \`make docs\` and commit the result." >&2
		exit 1
	fi
	echo "docs/ is up to date."
	;;
esac
