#!/usr/bin/env bash
# Makes a release like the workflow "release", but does not publish it: builds all platforms into dist/, signs the
# checksums with a temporary key, and verifies the result as the registries and Terraform do. `make release-check` runs
# this script and selects Terraform or OpenTofu.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
export GOWORK=off
# Git refuses to read the repository if the checkout belongs to another user.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$PWD"

work="$(mktemp -d "${TMPDIR:-/tmp}/lync-release.XXXXXX")"
trap 'gpgconf --homedir "$GNUPGHOME" --kill all || true; rm -rf "$work"' EXIT
fail() {
	printf 'The registries would refuse this release: %s\n' "$*" >&2
	exit 1
}

export GNUPGHOME="$work/gnupg"
mkdir -m 700 "$GNUPGHOME"
export GPG_PASSPHRASE=snapshot
gpg --batch --quiet --pinentry-mode loopback --passphrase "$GPG_PASSPHRASE" \
	--quick-generate-key 'snapshot <snapshot@invalid>' rsa3072 sign never
GPG_PRIVATE_KEY="$(gpg --batch --pinentry-mode loopback --passphrase "$GPG_PASSPHRASE" --armor --export-secret-keys)"
export GPG_PRIVATE_KEY

go tool -modfile=internal/tools/goreleaser/go.mod goreleaser check
internal/tools/goreleaser/release.sh --snapshot

# The checksums list seven files: the manifest, and for each platform a zip file that contains the provider, its license
# and those of its modules. A document beside each zip file lists the modules.
sums=(dist/*_SHA256SUMS)
name="$(basename "${sums[0]}" _SHA256SUMS)" # terraform-provider-lync_VERSION
version="${name#terraform-provider-lync_}"
want="$(printf '%s\n' "${name}_manifest.json" "$name"_{darwin,linux,windows}_{amd64,arm64}.zip | sort)"
got="$(awk '{ print $2 }' "${sums[0]}" | sort)"
[[ "$got" == "$want" ]] || fail "the checksums list"$'\n'"$got"$'\n'"instead of"$'\n'"$want"
cp terraform-registry-manifest.json "dist/${name}_manifest.json" # a release uploads it under this name
(cd dist && sha256sum --check --strict --quiet "$name"_SHA256SUMS)
gpg --batch --verify "${sums[0]}.sig" "${sums[0]}"
for zip in dist/*.zip; do
	binary="terraform-provider-lync_v$version"
	[[ "$zip" != *_windows_* ]] || binary+=.exe
	want="$(printf '%s\n' LICENSE THIRD_PARTY_NOTICES.txt "$binary")"
	got="$(unzip -Z1 "$zip" | sort)"
	[[ "$got" == "$want" ]] || fail "$zip contains"$'\n'"$got"$'\n'"instead of"$'\n'"$want"
	notices="$(unzip -p "$zip" THIRD_PARTY_NOTICES.txt)"
	for module in github.com/hashicorp/terraform-plugin-framework "the Go standard library"; do
		[[ "$notices" == *$'\n'"- $module "* ]] || fail "$zip has no license of $module"
	done
	modules="${zip%.zip}.cdx.json"
	grep -q '"name": "github.com/hashicorp/terraform-plugin-framework"' "$modules" &&
		grep -q "\"version\": \"$version\"" "$modules" || fail "$modules does not list the modules of $version"
done

# Terraform must be able to install the zip file of this platform and to read the schema of the provider.
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
"$TF_ACC_TERRAFORM_PATH" -chdir="$work" providers schema -json | grep -q '"lync_pool_pair"' ||
	fail "the schema of the released provider has no lync_pool_pair"
echo "The snapshot $version is valid: checksums, signature, manifest, six platforms, licenses, modules," \
	"installation and schema."
