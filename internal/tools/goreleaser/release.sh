#!/usr/bin/env bash
# Builds and signs a release, and uploads it as a draft. Passes its arguments to goreleaser release: with --snapshot it
# publishes nothing.
#
# GPG_PRIVATE_KEY has the signing key, and GPG_PASSPHRASE its passphrase, which can be empty. The key is only in a
# temporary folder that this script removes, so that no other step of a workflow can use it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
export GOWORK=off

umask 077
work="$(mktemp -d "${TMPDIR:-/tmp}/lync-signing.XXXXXX")"
export GNUPGHOME="$work/gnupg" GPG_PASSPHRASE_FILE="$work/passphrase"
trap 'gpgconf --homedir "$GNUPGHOME" --kill all || true; rm -rf "$work"' EXIT

mkdir "$GNUPGHOME"
printf '%s' "${GPG_PASSPHRASE:-}" >"$GPG_PASSPHRASE_FILE"
gpg --batch --quiet --import <<<"${GPG_PRIVATE_KEY:?has no signing key}"
GPG_FINGERPRINT="$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')"
export GPG_FINGERPRINT
unset GPG_PRIVATE_KEY GPG_PASSPHRASE
umask 022 # the mode of the files in the archives

go tool -modfile=internal/tools/goreleaser/go.mod goreleaser release --clean "$@"
