#!/usr/bin/env bash
# Prints the path of an OpenTofu that is built from the module in this directory. It builds the binary if it is missing,
# and keeps it in the user's cache directory. Messages go to standard error.
#   internal/tools/tofu/build.sh          for this platform
#   internal/tools/tofu/build.sh windows  for 64-bit Windows
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
export GOWORK=off

unset GOOS GOARCH # the binary runs on this platform, unless the argument names another one
platform=
case "${1:-}" in
'') ;;
windows) export GOOS=windows GOARCH=amd64 platform=-windows ;;
*) echo "Unknown system: $1" >&2 && exit 2 ;;
esac
version="$(sed -n 's|^.*github.com/opentofu/opentofu v\([^ ]*\).*$|\1|p' go.mod)"
cache="${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/terraform-provider-lync/tofu-${version}${platform}"
binary="${cache}/tofu$(go env GOEXE)"

if [[ ! -x "$binary" ]]; then
	echo "Building OpenTofu ${version}${GOOS:+ for $GOOS} from its Go module. This takes about five minutes, once." \
		"Cache: ${binary}" >&2
	mkdir -p "$cache"
	# Rename a temporary file, so that no process runs a partial binary.
	building="$(mktemp "${cache}/building.XXXXXX")"
	trap 'rm -f "$building"' EXIT
	# OpenTofu's releases set dev=no. Without it, the version would be "${version}-dev".
	CGO_ENABLED=0 go build -buildvcs=false -trimpath -o "$building" \
		-ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" \
		github.com/opentofu/opentofu/cmd/tofu >&2
	chmod 755 "$building"
	mv -f "$building" "$binary"
	echo "OpenTofu ${version}${GOOS:+ for $GOOS} is built." >&2
fi

printf '%s\n' "$binary"
