#!/usr/bin/env bash
# Makes a release as the workflow "release" does, except that nothing is published: builds every platform into dist/, signs
# the checksums with a key made for it, and checks what came out the way the registries and Terraform do.
# Run it with `make release-check`, which finds the Terraform or OpenTofu to use.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
export GOWORK=off
# The checkout may belong to another user, which git would refuse to look at.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$PWD"

work="$(mktemp -d "${TMPDIR:-/tmp}/lync-release.XXXXXX")"
trap 'gpgconf --homedir "$GNUPGHOME" --kill all || true; rm -rf "$work"' EXIT
fail() {
	printf 'Not as the registries want it: %s\n' "$*" >&2
	exit 1
}

export GNUPGHOME="$work/gnupg"
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'snapshot <snapshot@invalid>' rsa3072 sign never
GPG_FINGERPRINT="$(gpg --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }')"
export GPG_FINGERPRINT

goreleaser=(go tool -modfile=internal/tools/goreleaser/go.mod goreleaser)
"${goreleaser[@]}" check
"${goreleaser[@]}" release --snapshot --clean

# Seven files: a zip with nothing but the provider for each platform, and the manifest. The checksums name them all.
sums=(dist/*_SHA256SUMS)
name="$(basename "${sums[0]}" _SHA256SUMS)" # terraform-provider-lync_VERSION
version="${name#terraform-provider-lync_}"
want="$(printf '%s\n' "${name}_manifest.json" "$name"_{darwin,linux,windows}_{amd64,arm64}.zip | sort)"
got="$(awk '{ print $2 }' "${sums[0]}" | sort)"
[[ "$got" == "$want" ]] || fail "the checksums are of"$'\n'"$got"$'\n'"instead of"$'\n'"$want"
cp terraform-registry-manifest.json "dist/${name}_manifest.json" # a release uploads it under this name
(cd dist && sha256sum --check --strict --quiet "$name"_SHA256SUMS)
gpg --batch --verify "${sums[0]}.sig" "${sums[0]}"
for zip in dist/*.zip; do
	binary="terraform-provider-lync_v$version"
	[[ "$zip" != *_windows_* ]] || binary+=.exe
	[[ "$(unzip -Z1 "$zip")" == "$binary" ]] || fail "$zip has other files in it than $binary: $(unzip -Z1 "$zip")"
done

# Terraform installs the zip of this platform, and what is in it tells its schema.
for host in registry.terraform.io registry.opentofu.org; do
	mkdir -p "$work/mirror/$host/lync-iac/lync"
	cp dist/*.zip "$work/mirror/$host/lync-iac/lync/"
done
cat >"$work/cli.tfrc" <<EOT
provider_installation {
  filesystem_mirror {
    path = "$work/mirror"
  }
}
EOT
cat >"$work/main.tf" <<EOT
terraform {
  required_providers {
    lync = {
      source  = "lync-iac/lync"
      version = "$version"
    }
  }
}
EOT
export TF_CLI_CONFIG_FILE="$work/cli.tfrc"
"$TF_ACC_TERRAFORM_PATH" -chdir="$work" init -input=false -no-color
"$TF_ACC_TERRAFORM_PATH" -chdir="$work" providers schema -json | grep -q '"lync_pool_pair"' || fail "the schema of the provider in the zip has no lync_pool_pair."
echo "The snapshot $version is as the registries want it: checksums, signature, manifest, six platforms; it installs and answers."
