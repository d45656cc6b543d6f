#!/usr/bin/env bash
# Runs the tests for Windows under Wine: `make test-windows`. It cross-compiles the tests of all packages, the provider
# and OpenTofu. The tests of the packages run without a command line. Then some tests run OpenTofu and the provider, on
# files and with a stand-in for PowerShell. exec.sh lists the tests that Wine cannot run, with the reasons. Tests with
# terraform-plugin-testing need a real Windows: it makes symbolic links, and Wine has none.
#
#   LYNC_WINE      the command that runs a program, such as wine; default: ../shared/wine/wine beside the repository
#   LYNC_WINE_DIR  for a Wine in a chroot: the directory that a program sees as Z:\w
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
tools="$PWD/internal/tools"
cache="${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}"

if [[ -n "${LYNC_WINE:-}" ]]; then
	if ! type -P "$LYNC_WINE" >/dev/null; then
		echo "LYNC_WINE is not a program: $LYNC_WINE. Set it to the command that runs a program for Windows." >&2
		exit 1
	fi
else
	LYNC_WINE="$PWD/../shared/wine/wine" LYNC_WINE_DIR="${WINE_DIR:-$HOME/.cache/wine-10}/w"
fi
if ! LYNC_WINE="$(type -P "$LYNC_WINE")"; then
	echo "Skipped: Wine is missing. Set LYNC_WINE to the command that runs a program for Windows."
	exit
fi
version="$("$LYNC_WINE" cmd /c ver | tr -d '\r\n')" # the first start can set Wine up
echo "Using Wine as $version: $LYNC_WINE"

dir="${LYNC_WINE_DIR:-$cache/terraform-provider-lync}"
mkdir -p "$dir"
LYNC_WINE_STAGE="$(mktemp -d "$dir/lync-test.XXXXXX")"
trap 'rm -rf "$LYNC_WINE_STAGE"' EXIT
if [[ -n "${LYNC_WINE_DIR:-}" ]]; then
	LYNC_WINE_SEES="Z:\\w\\${LYNC_WINE_STAGE##*/}"
else
	LYNC_WINE_SEES="Z:${LYNC_WINE_STAGE//\//\\}"
fi
export LYNC_WINE LYNC_WINE_STAGE LYNC_WINE_SEES

mkdir "$LYNC_WINE_STAGE/repo" "$LYNC_WINE_STAGE/bin"
tar -c --exclude=./.git --exclude=./bin --exclude=./dist --exclude=node_modules . | tar -x -C "$LYNC_WINE_STAGE/repo"
tofu="$("$tools/tofu/build.sh" windows)"
cp "$tofu" "$LYNC_WINE_STAGE/bin/tofu.exe"

unset "${!LYNC_TEST_@}" "${!TF_ACC@}" LYNC_PWSH
export GOOS=windows GOARCH=amd64 CGO_ENABLED=0
go build -buildvcs=false -trimpath -ldflags="-s -w" -o "$LYNC_WINE_STAGE/bin/" .

# run TITLE ARGUMENT... runs tests under Wine.
failed=()
run() {
	printf '\nUnder Wine: %s\n' "$1"
	go test -count=1 -timeout 30m -exec "$tools/wine/exec.sh" "${@:2}" || failed+=("$1")
}

# Two steps: in `mapfile < <(...)`, the script would not notice that the list fails.
packages="$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... |
	grep -v '/internal/provider$')"
mapfile -t packages <<<"$packages"
run "all packages without the provider" "${packages[@]}"
run "the provider on the harness" -short ./internal/provider

export TF_ACC_TERRAFORM_PATH="$LYNC_WINE_SEES\\bin\\tofu.exe" TF_ACC_PROVIDER_HOST=registry.opentofu.org
export LYNC_TEST_PROVIDER="$LYNC_WINE_SEES\\bin\\terraform-provider-lync.exe"
run "the built provider with OpenTofu" -v \
	-run '^Test(CLIWindowsPath|Quickstart|CLITwoProcesses|CLISharedFile|LiveOnThisHost)$' ./internal/provider

((${#failed[@]} == 0)) || { printf 'Failed: %s\n' "${failed[@]}" >&2 && exit 1; }
