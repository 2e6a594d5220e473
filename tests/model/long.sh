#!/usr/bin/env bash
# The model test at length: 200 worlds of 5,000 steps, 1,000,000 in all, shared between the cores.
# usage: tests/model/long.sh [SEED] [WORLDS]
# Of the build in CRADLE_BUILD (build/dev), whose model_test must be built.
# Prints each part's counts; ends with 1 and the command that replays it where something does not hold.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seed=${1:-1}
worlds=${2:-200}
steps=5000
build=${CRADLE_BUILD:-build/dev}
parts=$(nproc)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

jobs=()
for ((part = 0; part < parts; ++part)); do
  first=$((worlds * part / parts))
  count=$((worlds * (part + 1) / parts - first))
  [ "$count" -gt 0 ] || continue
  "$build/bin/model_test" --seed "$seed" --first-world "$first" --worlds "$count" --steps "$steps" \
    >"$logs/$part" 2>&1 &
  jobs+=("$!:$part")
done

result=0
for job in "${jobs[@]}"; do
  wait "${job%%:*}" || result=1
  cat "$logs/${job##*:}"
done
if [ $result -eq 0 ]; then
  echo "model: seed $seed, $worlds worlds, $((worlds * steps)) steps: all holds"
fi
exit $result
