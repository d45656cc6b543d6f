#!/usr/bin/env bash
# Finds a Terraform or OpenTofu and runs a command with it:
#
#	with-terraform.sh COMMAND [ARGUMENT...]
#
# The command finds the CLI in TF_ACC_TERRAFORM_PATH, where terraform-plugin-testing looks for it. Without a command the
# CLI's path is printed. Looked for, in this order: TF_ACC_TERRAFORM_PATH, terraform and tofu on PATH; where none of
# them runs, OpenTofu is built from its Go module. What is said along the way goes to standard error.
set -euo pipefail

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# What the user has set up for work of their own must not reach a test or the demo: a CLI configuration (a missing file
# named there makes the CLI print a warning that breaks its version's parser), default arguments, a workspace, ...
unset TF_CLI_CONFIG_FILE TF_DATA_DIR TF_WORKSPACE TF_INPUT TF_REATTACH_PROVIDERS TF_PLUGIN_CACHE_DIR "${!TF_CLI_ARGS@}"
unset "${!TF_VAR_@}" LYNC_TOPOLOGY_FILE LYNC_READ_ONLY LYNC_STRICT_SUPPORT
export CHECKPOINT_DISABLE=1

# version_of CLI prints the first line of its version, e.g. "Terraform v1.11.4"; it fails where it cannot be run or is
# older than 1.8, the first with functions in providers.
version_of() {
	local line
	line="$("$1" version 2>/dev/null </dev/null)" || return 1
	line="${line%%$'\n'*}"
	[[ "$line" =~ ^(Terraform|OpenTofu)\ v([0-9]+)\.([0-9]+) ]] || return 1
	if ((BASH_REMATCH[2] < 1 || (BASH_REMATCH[2] == 1 && BASH_REMATCH[3] < 8))); then
		echo "$1 is $line, older than 1.8: not used." >&2
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
	# The registry that OpenTofu takes providers without a host from; the tests' provider must be of the same one.
	export TF_ACC_PROVIDER_HOST=registry.opentofu.org
fi
exec "$@"
