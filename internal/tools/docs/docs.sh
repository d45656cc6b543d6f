#!/usr/bin/env bash
# Generates docs/ from the provider's schemas, templates/ and examples/:
#
#	docs.sh generate   puts the result in the place of docs/, and the page of rules below templates/ from the catalogue
#	docs.sh check      fails where docs/ is not that result
#
# It needs neither Terraform nor a network: tfplugindocs, which the module beside this script pins, is told the schemas.
# All is made in a temporary directory, so that a failure leaves docs/ as it was.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
case "${1:-}" in
generate | check) ;;
*) echo "Usage: ${BASH_SOURCE[0]} generate|check" >&2 && exit 2 ;;
esac

export GOWORK=off
unset GOOS GOARCH # the tools are to run here
work="$(mktemp -d "${TMPDIR:-/tmp}/lync-docs.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# The checkout may belong to another user, whose git repository go build would refuse to look at. tfplugindocs finds a
# provider by its mere name.
go run -buildvcs=false ./internal/tools/schemajson -name lync >"$work/schema.json"

# tfplugindocs COMMAND [ARGUMENT...] works on the temporary directory. It has much to say, which is shown only when it fails.
tfplugindocs() {
	local command="$1" said="$work/said"
	shift
	if ! go tool -modfile=internal/tools/docs/go.mod tfplugindocs "$command" \
		--provider-dir "$work" --provider-name lync --providers-schema "$work/schema.json" "$@" >"$said" 2>&1; then
		cat "$said" >&2
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
		echo "docs/ is not what templates/, examples/ and the schemas make of it: run \`make docs\` and commit the result." >&2
		exit 1
	fi
	echo "docs/ is up to date."
	;;
esac
