#!/usr/bin/env bash
# Finds Terraform or OpenTofu and runs a command with it:
#
#	with-terraform.sh COMMAND [ARGUMENT...]
#
# The script sets TF_ACC_TERRAFORM_PATH to the path of the CLI, as terraform-plugin-testing requires. Without a command
# it prints this path. It selects the first of these that runs: TF_ACC_TERRAFORM_PATH, terraform on PATH, tofu on PATH.
# Otherwise it builds OpenTofu from its Go module. Messages go to standard error.
set -euo pipefail

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# The user's settings must not affect tests and the demo: default arguments, a workspace, a CLI configuration. (If the
# file of a CLI configuration is missing, the CLI prints a warning, which version_of cannot parse.)
unset TF_CLI_CONFIG_FILE TF_DATA_DIR TF_WORKSPACE TF_INPUT TF_REATTACH_PROVIDERS TF_PLUGIN_CACHE_DIR "${!TF_CLI_ARGS@}"
unset "${!TF_VAR_@}" LYNC_TOPOLOGY_FILE LYNC_READ_ONLY LYNC_STRICT_SUPPORT
export CHECKPOINT_DISABLE=1

# version_of CLI prints the first line of the CLI's version, such as "Terraform v1.11.4". It fails if the CLI cannot run
# or is older than 1.8, the first version with provider functions.
version_of() {
	local line
	line="$("$1" version 2>/dev/null </dev/null)" || return 1
	line="${line%%$'\n'*}"
	[[ "$line" =~ ^(Terraform|OpenTofu)\ v([0-9]+)\.([0-9]+) ]] || return 1
	if ((BASH_REMATCH[2] < 1 || (BASH_REMATCH[2] == 1 && BASH_REMATCH[3] < 8))); then
		echo "$1 is $line. Version 1.8 or later is required." >&2
		return 1
	fi
	printf '%s\n' "$line"
}

cli='' version=''
for candidate in "${TF_ACC_TERRAFORM_PATH:-}" terraform tofu; do
	[[ -n "$candidate" ]] || continue
	path="$(type -P -- "$candidate")" || continue
	if version="$(version_of "$path")"; then
		cli="$path"
		break
	fi
done
if [[ -z "$cli" ]]; then
	echo "Neither Terraform nor OpenTofu (1.8 or later) is on PATH." >&2
	cli="$("$tools/tofu/build.sh")"
	version="$(version_of "$cli")"
fi
[[ "$cli" == /* ]] || cli="$PWD/$cli"

if (($# == 0)); then
	printf '%s\n' "$cli"
	exit
fi

echo "Using $version: $cli" >&2
export TF_ACC_TERRAFORM_PATH="$cli"
unset TF_ACC_PROVIDER_HOST
if [[ "$version" == OpenTofu* ]]; then
	# The default registry of OpenTofu, to which the provider of the tests must belong.
	export TF_ACC_PROVIDER_HOST=registry.opentofu.org
fi
exec "$@"
