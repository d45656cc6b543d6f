#!/usr/bin/env bash
# Demonstrates the provider on a copy of examples/quickstart in seven steps and verifies each step.
#
# Standard output has the essential lines of each command's output, at most 200 lines in total. The complete output goes
# to a file that the script does not delete. `make demo` runs this script with the CLI that with-terraform.sh selects.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ -z "${TF_ACC_TERRAFORM_PATH:-}" ]]; then
	exec "$root/internal/tools/with-terraform.sh" "${BASH_SOURCE[0]}"
fi
cli="$TF_ACC_TERRAFORM_PATH"

bold='' plain=''
if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
	bold=$'\e[1m' plain=$'\e[0m'
fi

tmp="${TMPDIR:-/tmp}"
kept="$(mktemp -d "${tmp%/}/lync-demo.XXXXXX")"
kept="$(cd "$kept" && pwd)"
log="$kept/output.txt" work="$kept/work"
last="$work/last-output.txt"
finish() {
	local code=$?
	rm -rf "$work"
	# A failure is reported on standard error, and the path belongs to the report.
	((code == 0)) || exec >&2
	printf 'Complete output of every command: %s\n' "$log"
}
mkdir -p "$work/quickstart"
: >"$log"
trap finish EXIT
# A reader such as head may close the pipe early. The demonstration then ends with an error from a write, not silently.
trap '' PIPE

step=0 title=''
heading() {
	title="$*"
	printf '\n%s=== %s%s\n\n' "$bold" "$title" "$plain"
	printf '\n=== %s\n\n' "$title" >>"$log"
}
next_step() {
	step=$((step + 1))
	heading "$step. $*"
}

# fail REASON prints the complete output of the last command, then the failed step and the reason.
fail() {
	{
		printf '\nOutput of the last command:\n\n'
		cat "$last"
		printf '\n%sFailed in "%s": %s%s\n' "$bold" "$title" "$*" "$plain"
	} >&2
	exit 1
}

# run EXPECTED COMMAND [ARGUMENT...] runs a command and keeps its output for expect and excerpt. It fails if the exit
# code is not EXPECTED.
run() {
	local expected="$1" code=0
	shift
	printf '%s$ %s%s\n' "$bold" "${1##*/} ${*:2}" "$plain"
	printf '$ %s\n' "${1##*/} ${*:2}" >>"$log"
	"$@" </dev/null 2>&1 | tee -a "$log" >"$last" || code=$?
	((code == expected)) || fail "exit code $code, expected $expected"
}

# expect TEXT fails if the last command's output does not contain TEXT.
expect() {
	grep -qF -- "$1" "$last" || fail "the output does not contain: $1"
}

# excerpt SCRIPT prints the lines of the last command's output that the sed script selects. It fails if there are none.
excerpt() {
	local lines
	lines="$(sed -nE "$1" "$last")"
	[[ -n "$lines" ]] || fail "the output has no line for: $1"
	printf '%s\n' "$lines"
}

# show_file FILE prints a file of the configuration.
show_file() {
	run 0 cat "$1"
	cat "$last"
	echo
}

# assert_same OLD NEW fails if the files differ in any byte.
assert_same() {
	run 0 cmp "$1" "$2"
	echo "The files are identical."
}

# TF_CLI_ARGS applies to every start of the CLI, which keeps the commands on the screen short.
export TF_CLI_ARGS="-no-color -input=false" TF_IN_AUTOMATION=1 GOWORK=off

# A filesystem mirror replaces the registry: init needs no network, and the commands print no warning about a
# development override.
cat >"$work/cli.tfrc" <<EOT
provider_installation {
  filesystem_mirror {
    path = "$work/mirror"
  }
}
EOT
export TF_CLI_CONFIG_FILE="$work/cli.tfrc"

echo "This demo shows the essential lines of each command's output."
heading "Preparation: build the provider and copy examples/quickstart to a temporary directory"
cd "$root"
run 0 go run -buildvcs=false ./internal/tools/install -plugins "$work/mirror"
excerpt '/^Built /p'
cd "$work/quickstart"
cp "$root/examples/quickstart/main.tf" "$root/examples/quickstart/topology.xml" .
cp topology.xml topology-before.xml
run 0 cat main.tf
excerpt '/^resource /,$p'
echo
run 0 "$cli" init
excerpt '/successfully initialized/p'

next_step "The plan: two pairs of pools, and one backup registrar for each of three branch appliances"
# With -detailed-exitcode, exit code 0 is an empty plan, 1 is an error and 2 is a plan with changes.
run 2 "$cli" plan -detailed-exitcode -out=estate.tfplan
expect 'Plan: 5 to add, 0 to change, 0 to destroy.'
expect '(CM-PAIR)'
excerpt '/^  # |"[^"]+" = \{|backup_(pool|registrar|service) /p'
excerpt '/^(Plan|Warning): /p'

next_step "The document's difference: backup registrars and services are added, no other line changes"
run 0 "$cli" apply estate.tfplan
expect 'Resources: 5 added, 0 changed, 0 destroyed.'
excerpt '/^Apply complete!/p'
cp topology.xml topology-applied.xml
run 1 diff -U 0 topology-before.xml topology.xml
# One line each of "---" and "+++" is the header.
(($(grep -c '^-' "$last") == 1)) || fail "the apply changed or removed a line of the document"
added=$(($(grep -c '^+' "$last") - 1))
# The backup registrars with their settings, and the identity of each added service.
excerpt '/^\+ +<(Backup|Service) /{/<Backup /p;n;p;}'
printf '%d lines added, none changed or removed.\n' "$added"

next_step "The empty plan"
run 0 "$cli" plan -detailed-exitcode
excerpt '/^No changes\./p'

next_step "Drift found: a manual change sets one failure detection interval to 15 minutes"
awk '!done { done = sub(/ FailureDetectionInterval="P0Y0M0DT0H5M0S"/, " FailureDetectionInterval=\"P0Y0M0DT0H15M0S\"") }
	{ print }' topology-applied.xml >topology.xml
run 1 diff -U 0 topology-applied.xml topology.xml
excerpt '/^[-+] /p'
run 2 "$cli" plan -detailed-exitcode -out=repair.tfplan
expect '"15m" -> "5m"'
expect 'Plan: 0 to add, 1 to change, 0 to destroy.'
excerpt '/^(  # | +~ .*[={]|Plan: )/p'

next_step "Drift repaired"
run 0 "$cli" apply repair.tfplan
excerpt '/^Apply complete!/p'
assert_same topology-applied.xml topology.xml

next_step "A refused plan: a second pair names Lyon, but a pool can be in one pair only"
cat >second.tf <<'EOT'
resource "lync_pool_pair" "lyon_nice" {
  pools = ["pool-lyon.contoso.com", "fe-nice.contoso.com"]
}
EOT
show_file second.tf
run 1 "$cli" plan
expect '(PP-ONE)'
excerpt '/^Warning: /p'
excerpt '/^Error: /,$p'
assert_same topology-applied.xml topology.xml
rm second.tf

next_step "The diagram's text: the topology as a Mermaid graph"
cat >diagram.tf <<'EOT'
data "lync_topology" "all" {}

output "diagram" {
  value = data.lync_topology.all.diagram
}
EOT
show_file diagram.tf
run 0 "$cli" apply -auto-approve
excerpt '/^diagram = <<EOT/,/^EOT/p' | tee "$work/diagram"
# The repository keeps this text as the source of the README's picture.
if [[ "$(sed '1d;$d' "$work/diagram")" != "$(cat "$root/examples/quickstart/topology.mmd")" ]]; then
	fail "the diagram differs from examples/quickstart/topology.mmd"
fi

heading "Cleanup: destroy restores the original document"
run 0 "$cli" destroy -auto-approve
excerpt '/^Destroy complete!/p'
assert_same topology-before.xml topology.xml

printf '\n%sAll %d steps succeeded in %d s. The temporary copy is deleted.%s\n' "$bold" "$step" "$SECONDS" "$plain"
