#!/usr/bin/env bash
# The checks that read the source and run nothing of it. format and layout are tests (ctest -R lint); tidy is by hand.
# usage: tests/lint.sh format            every C++ file is as clang-format writes it
#        tests/lint.sh layout            folders, includes and words keep the house's rules
#        tests/lint.sh tidy --changed    clang-tidy over the sources changed since the last commit
#        tests/lint.sh tidy --since REV  … since a revision
#        tests/lint.sh tidy [FILE…]      … over these sources, or all of them (minutes)
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n '3,7s/^# \{0,1\}//p' tests/lint.sh >&2
  exit 2
}

# Files of git and files not yet added, less the ignored ones and those deleted in the work tree.
files() {
  git ls-files -z --cached --others --exclude-standard -- "$@" | while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then printf '%s\0' "$file"; fi
  done
}

format() {
  local list
  list=$(mktemp)
  files '*.h' '*.cc' >"$list"
  if [ ! -s "$list" ]; then
    rm -f "$list"
    echo "lint: found no C++ file" >&2
    return 1
  fi
  local result=0 output
  output=$(xargs -0 -a "$list" -n 40 -P 2 clang-format-19 --style=file --dry-run -Werror 2>&1) || result=1
  if [ $result -ne 0 ]; then
    # One line a place, not three.
    grep -E '^[^ ].*: (error|warning): |^[^ :]*clang-format|^xargs' <<<"$output" || echo "$output"
    echo "lint: write the files above anew with: clang-format-19 -i FILE" >&2
  fi
  rm -f "$list"
  return $result
}

tidy() {
  local sources=()
  case ${1:-} in
    --changed) mapfile -d '' sources < <({ git diff -z --name-only --diff-filter=d HEAD -- '*.cc' '*.h'; git ls-files -z --others --exclude-standard -- '*.cc' '*.h'; } | sort -zu) ;;
    --since)
      [ -n "${2:-}" ] || usage
      mapfile -d '' sources < <({ git diff -z --name-only --diff-filter=d "$2" -- '*.cc' '*.h'; git ls-files -z --others --exclude-standard -- '*.cc' '*.h'; } | sort -zu)
      ;;
    -*) usage ;;
    '') mapfile -d '' sources < <(files '*.cc') ;;
    *) sources=("$@") ;;
  esac
  if [ ${#sources[@]} -eq 0 ]; then
    echo "lint: nothing to check"
    return 0
  fi

  deploy/install-packages.sh test
  local build=${TIDY_BUILD:-build/clang}
  cmake --preset clang -B "$build" >/dev/null
  # clang-tidy needs the generated headers, not the objects.
  ninja -C "$build" --quiet proto_headers
  # A header is checked through the sources of its folder and of the tests that mirror it.
  local patterns=() file
  for file in "${sources[@]}"; do
    case $file in
      *.cc) patterns+=("$PWD/$file\$") ;;
      *.h) patterns+=("$PWD/(tests/)?$(dirname "$file")/[^/]*\\.cc\$") ;;
    esac
  done
  run-clang-tidy-19 -quiet -p "$build" -j "$(nproc)" "${patterns[@]}"
}

case ${1:-} in
  format) format ;;
  layout) /usr/bin/python3 tests/lint/layout.py . ;;
  tidy)
    shift
    tidy "$@"
    ;;
  *) usage ;;
esac
