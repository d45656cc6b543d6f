#!/usr/bin/env bash
# Runs a test binary for Windows under Wine. test.sh uses it as the program of `go test -exec`:
#   exec.sh BINARY [ARGUMENT...]
#
# LYNC_WINE is the command that runs a program. LYNC_WINE_STAGE is a directory with the copy "repo" of the repository,
# and LYNC_WINE_SEES its path for a program under Wine.
set -euo pipefail

# skipped prints a regular expression for the tests of a package that cannot run under Wine.
skipped() {
	case "$1" in
	# Wine reports success for a symbolic link, and makes none.
	internal/store/file)
		links='VersionOfALink|PublishDetectsChangedLink|PublishKeepsSymlinks|SymbolicLinksAreNoHardLinks'
		echo "^Test($links)\$|^TestLoadFailures\$/^broken_link\$"
		;;
	# Wine has no SIO_UDP_NETRESET, which package net sets on each UDP socket.
	internal/powershell/winrm/kerberos) echo '^TestAskTooBigWithoutTCP$' ;;
	# These run the command go, which is not installed for Windows here.
	internal/testkit) echo '^TestBuildOnce$' ;;
	internal/tools/fuzz) echo '^Test(Repository|Run)$' ;;
	internal/tools/mutation) echo '^Test(EquivalentsExist|RunGroup)$' ;;
	internal/tools/notices) echo '^TestProvider$' ;;
	esac
}

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
package="${PWD#"$root"/}"
name="${1##*/}"
skip="$(skipped "$package")"
binary="$LYNC_WINE_STAGE/repo/$package/$name"
cp "$1" "$binary"
shift

# A Wine in a chroot receives the folder and the variables in these two.
export WINE_CWD="${LYNC_WINE_SEES#Z:}/repo/$package"
export WINE_CWD="${WINE_CWD//\\//}"
WINE_ENV=
while IFS='=' read -r variable value; do
	WINE_ENV+=" $variable=$value"
done < <(env | grep -E '^(TF_ACC_|LYNC_TEST_)')
export WINE_ENV

# Wine starts processes of its own, such as its desktop, which keep the output open after the test has ended.
output="$binary.output"
trap 'rm -f "$binary" "$output"' EXIT
status=0
cd "$LYNC_WINE_STAGE/repo/$package"
"$LYNC_WINE" "$LYNC_WINE_SEES\\repo\\${package//\//\\}\\$name" "$@" ${skip:+"-test.skip=$skip"} \
	>"$output" 2>&1 </dev/null || status=$?
cat "$output"
exit "$status"
