#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests; its last lines and exit code are ctest's.
# usage: tests/run.sh [dev|release|asan|tsan|clang] [arguments of ctest]
# The build is in build/<preset>. The tsan preset leaves out what opens a gRPC channel.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
  sed -n '2,4s/^# \{0,1\}//p' tests/run.sh
  exit 0
fi
preset=dev
if [ $# -gt 0 ] && [[ $1 != -* ]]; then
  preset=$1
  shift
fi
build=build/$preset

# Runs a command quietly: its output is shown only when it fails.
quietly() {
  local output
  output=$(mktemp)
  if ! "$@" >"$output" 2>&1 </dev/null; then
    cat "$output" >&2
    rm -f "$output"
    echo "run.sh: failed: $*" >&2
    exit 1
  fi
  rm -f "$output"
}

deploy/install-packages.sh test

# Objects are found in the cache from any clone: paths are kept relative to this one.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
echo "run.sh: configuring $build"
quietly cmake --preset "$preset"
echo "run.sh: building $build"
SECONDS=0
if ! ninja -C "$build" --quiet </dev/null; then
  echo "run.sh: the build failed; its errors are above" >&2
  exit 1
fi
echo "run.sh: built in $SECONDS s"
exec ctest --preset "$preset" "$@"
