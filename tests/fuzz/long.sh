#!/usr/bin/env bash
# The long run of the fuzzers: libFuzzer over each target, or one, for some minutes each.
# usage: tests/fuzz/long.sh [minutes] [target]       default: 10 minutes each
# Keeps new inputs in build/fuzz/corpus/<target>, and goes on from them the next time. What fails is kept in
# build/fuzz/artefacts/<target>, shown with how to replay it, and makes the exit code 1.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  sed -n '2,5s/^# \{0,1\}//p' tests/fuzz/long.sh >&2
  exit 2
}
minutes=${1:-10}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || usage
targets=(statement judge rule_data render)
if [ $# -ge 2 ]; then
  [[ " ${targets[*]} " == *" $2 "* ]] || usage
  targets=("$2")
fi

deploy/install-packages.sh test
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
cmake --preset fuzz >/dev/null
ninja -C build/fuzz --quiet fuzz_targets

failed=0
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  artefacts=build/fuzz/artefacts/$target
  log=build/fuzz/$target.log
  mkdir -p "$corpus" "$artefacts"
  echo "long.sh: $target for $minutes min, log in $log"
  # A message of the size limit of a statement is no input that finds more than a short one does.
  if build/fuzz/bin/fuzz_"$target" -max_total_time=$((60 * minutes)) -max_len=4096 -len_control=20 -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$artefacts/" "$corpus" tests/fuzz/corpus/"$target" >"$log" 2>&1 </dev/null; then
    grep -E '^(Done|stat::number_of_executed_units|stat::new_units_added)' "$log"
    continue
  fi
  failed=1
  grep -m1 -A8 -E 'does not hold|ERROR: |runtime error|Failure|libFuzzer: ' "$log" || tail -20 "$log"
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  if [ -n "$input" ]; then
    od -A x -t x1z "$input" | head -20
    echo "long.sh: replay it with: build/fuzz/bin/fuzz_$target $input"
  fi
done
exit $failed
