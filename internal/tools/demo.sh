#!/usr/bin/env bash
# Shows the provider at work on a copy of examples/quickstart and fails where a step does not behave as told.
# Run it with `make demo`, which finds the Terraform or OpenTofu to use.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [[ -z "${TF_ACC_TERRAFORM_PATH:-}" ]]; then
	exec "$root/internal/tools/with-terraform.sh" "${BASH_SOURCE[0]}"
fi
cli="$TF_ACC_TERRAFORM_PATH"

work="$(mktemp -d "${TMPDIR:-/tmp}/lync-demo.XXXXXX")"
trap 'rm -rf "$work"' EXIT

bold='' plain='' color=(-no-color)
if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
	bold=$'\e[1m' plain=$'\e[0m' color=()
fi

step=0
heading() {
	step=$((step + 1))
	printf '\n%s=== %d. %s%s\n\n' "$bold" "$step" "$*" "$plain"
}
fail() {
	printf '\n%sNot as expected: %s%s\n' "$bold" "$*" "$plain" >&2
	exit 1
}

# tf EXPECTED ARGUMENT... runs the CLI in the quickstart, shows what it says and keeps it in $said. EXPECTED is the exit
# code: of a plan 0 is "no changes", 2 is "changes" and 1 is an error.
said="$work/said"
tf() {
	local expected="$1" command="$2" code=0
	shift 2
	printf '$ %s %s\n' "$(basename "$cli")" "$command${*:+ $*}"
	"$cli" -chdir="$work/quickstart" "$command" -input=false ${color[@]+"${color[@]}"} "$@" </dev/null 2>&1 |
		tee "$said" || code=$?
	((code == expected)) || fail "exit code $code instead of $expected."
}

# show_diff OLD NEW shows how the document differs from one that was kept.
show_diff() {
	printf '$ diff -u %s %s\n' "$1" "$2"
	local code=0
	(cd "$work/quickstart" && diff -u "$1" "$2") || code=$?
	((code == 1)) || fail "diff ended with $code instead of 1: $2 should have changed."
}
same() {
	cmp -s "$work/quickstart/$1" "$work/quickstart/$2" || fail "$1 and $2 differ."
}

heading "Build the provider, and prepare a copy of examples/quickstart in a temporary directory"
# A folder that stands in for the registry: the provider is taken from there, and no network is needed.
(cd "$root" && GOWORK=off go run -buildvcs=false ./internal/tools/install -plugins "$work/mirror") >"$said"
cat >"$work/cli.tfrc" <<EOT
provider_installation {
  filesystem_mirror {
    path = "$work/mirror"
  }
}
EOT
export TF_CLI_CONFIG_FILE="$work/cli.tfrc" TF_IN_AUTOMATION=1

mkdir "$work/quickstart"
cp "$root/examples/quickstart/main.tf" "$root/examples/quickstart/topology.xml" "$work/quickstart/"
cp "$work/quickstart/topology.xml" "$work/quickstart/topology-before.xml"
"$cli" -chdir="$work/quickstart" init -input=false -no-color >"$said" 2>&1 </dev/null || { cat "$said" && fail "init."; }
sed -n 's/^- Installed \(.*\) (.*$/Installed \1, just built/p' "$said"
printf '\n$ cat main.tf\n'
cat "$work/quickstart/main.tf"

heading "Plan: in each region two pools back up each other, and three appliances get their pool"
tf 2 plan -detailed-exitcode -out=estate.tfplan
grep -q '5 to add, 0 to change, 0 to destroy' "$said" || fail "the plan does not add five."

heading "Apply it"
tf 0 apply estate.tfplan

heading "What that changed in the document: the two pairs, the appliance that had no backup registrar, and nothing else"
cp "$work/quickstart/topology.xml" "$work/quickstart/topology-applied.xml"
show_diff topology-before.xml topology.xml

heading "Plan again: nothing to do"
tf 0 plan -detailed-exitcode

heading "Somebody changes one side by hand: its failure detection interval becomes 15 minutes"
awk '!done { done = sub(/ FailureDetectionInterval="P0Y0M0DT0H5M0S"/, " FailureDetectionInterval=\"P0Y0M0DT0H15M0S\"") } 1' \
	"$work/quickstart/topology-applied.xml" >"$work/quickstart/topology.xml"
show_diff topology-applied.xml topology.xml

heading "Plan: the drift is found, on that side alone"
tf 2 plan -detailed-exitcode -out=repair.tfplan
grep -q '"15m" -> "5m"' "$said" || fail "the plan does not tell of the interval."

heading "Apply: the drift is repaired"
tf 0 apply repair.tfplan
same topology.xml topology-applied.xml
echo "The document is again what it was, to the byte."

heading "A second pair that names Lyon too: a pool cannot be in two pairs, the plan is refused"
cat >"$work/quickstart/second.tf" <<'EOT'
resource "lync_pool_pair" "lyon_nice" {
  pools = ["pool-lyon.contoso.com", "fe-nice.contoso.com"]
}
EOT
printf '$ cat second.tf\n'
cat "$work/quickstart/second.tf"
printf '\n'
tf 1 plan
grep -q 'PP-ONE' "$said" || fail "the error does not name the rule PP-ONE."
same topology.xml topology-applied.xml
rm "$work/quickstart/second.tf"

heading "Grenoble gets another pool: the plan shows the move, the document only other references"
sed 's/"pool-lyon.contoso.com"$/"fe-nice.contoso.com"/' "$root/examples/quickstart/main.tf" >"$work/quickstart/main.tf"
tf 2 plan -detailed-exitcode -out=move.tfplan
grep -q 'BR-MOVE' "$said" || fail "the plan does not warn of the move."
tf 0 apply move.tfplan
show_diff topology-applied.xml topology.xml
if (cd "$work/quickstart" && diff topology-applied.xml topology.xml) | grep '^[<>]' | grep -qv '<ServiceId '; then
	fail "more than references has changed."
fi

heading "Back to its first pool: the document is again what it was"
cp "$root/examples/quickstart/main.tf" "$work/quickstart/"
tf 0 apply -auto-approve
same topology.xml topology-applied.xml

heading "Destroy: the first document is back, to the byte"
tf 0 destroy -auto-approve
same topology.xml topology-before.xml

printf '\n%sAll %d steps went as expected. The temporary directory is removed.%s\n' "$bold" "$step" "$plain"
