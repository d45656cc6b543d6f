#!/usr/bin/env bash
# Installs the Debian packages of the KDC that the tests of Kerberos run, unless they are installed. With --samba it also
# installs the domain controller of the tests at full size. The tests start both themselves, in temporary folders: the
# services of the packages need no configuration.
set -euo pipefail

PATH="$PATH:/usr/sbin"
missing=()
for pair in krb5kdc:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user; do
	type -P "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
/usr/bin/python3 -c 'import gssapi' 2>/dev/null || missing+=(python3-gssapi)
if [[ "${1-}" == --samba ]]; then
	[[ -d /usr/share/samba/setup ]] || missing+=(samba-ad-provision)
	type -P samba >/dev/null || missing+=(samba-ad-dc)
fi
"$(dirname "${BASH_SOURCE[0]}")/../apt-install.sh" ${missing[@]+"${missing[@]}"}
