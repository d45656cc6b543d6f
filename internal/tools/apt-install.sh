#!/usr/bin/env bash
# Installs Debian packages: apt-install.sh PACKAGE...
set -euo pipefail

if (($# == 0)); then
	echo "Nothing is missing."
	exit
fi
if ! type -P apt-get >/dev/null; then
	echo "Missing packages, and no apt-get to install them: $*" >&2
	exit 1
fi
as_root=()
((EUID == 0)) || as_root=(sudo -n)
${as_root[@]+"${as_root[@]}"} apt-get update -q
${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
	apt-get install -q -y --no-install-recommends "$@"
