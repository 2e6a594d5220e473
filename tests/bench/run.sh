#!/usr/bin/env bash
# Builds the release preset, runs one benchmark or all, and ends with one line per figure.
# usage: tests/bench/run.sh [name [arguments of the benchmark]]
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t names < <(sed -n 's/^cradle_program(\([a-z0-9_]*\)_bench\b.*/\1/p' tests/bench/CMakeLists.txt)
if [ $# -gt 0 ]; then
  if [[ " ${names[*]} " != *" $1 "* ]]; then
    echo "run.sh: no benchmark $1; there are: ${names[*]}" >&2
    exit 2
  fi
  names=("$1")
  shift
fi

build=build/release
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
deploy/install-packages.sh test >&2
cmake --preset release >/dev/null
ninja -C "$build" --quiet "${names[@]/%/_bench}"
for name in "${names[@]}"; do
  echo "run.sh: $name" >&2
  "$build/bin/${name}_bench" "$@" </dev/null | tee -a "$figures" >&2
done
grep -E '^[a-z0-9_]+ [0-9.e+-]+( [^ ]+)?$' "$figures"
