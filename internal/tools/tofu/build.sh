#!/usr/bin/env bash
# Prints the path of an OpenTofu built from the module beside this script, and builds it first where it is missing.
# The binary is kept in the user's cache directory. What is said along the way goes to standard error.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
export GOWORK=off

unset GOOS GOARCH # it is to run here
version="$(sed -n 's|^.*github.com/opentofu/opentofu v\([^ ]*\).*$|\1|p' go.mod)"
cache="${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/terraform-provider-lync/tofu-${version}"
binary="${cache}/tofu$(go env GOEXE)"

if [[ ! -x "$binary" ]]; then
	echo "Building OpenTofu ${version} from its Go module. This takes about five minutes, once; it is kept as ${binary}" >&2
	mkdir -p "$cache"
	# Built under another name and renamed, so that nobody ever runs half a binary.
	building="$(mktemp "${cache}/building.XXXXXX")"
	trap 'rm -f "$building"' EXIT
	# dev=no is how OpenTofu's own releases are built; without it the version would read "${version}-dev".
	CGO_ENABLED=0 go build -buildvcs=false -trimpath -o "$building" \
		-ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" \
		github.com/opentofu/opentofu/cmd/tofu >&2
	chmod 755 "$building"
	mv -f "$building" "$binary"
	echo "OpenTofu ${version} is built." >&2
fi

printf '%s\n' "$binary"
