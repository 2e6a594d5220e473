#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing; does nothing, and needs no rights, when all are there.
# usage: install-packages.sh [build|test] [--list]
#   build   what compiling and running the services needs
#   test    that, and what the tests, the linters and the fuzzers need (default)
#   --list  print the names and install nothing
set -euo pipefail
export LC_ALL=C.UTF-8

compiler=(g++ cmake ninja-build ccache lld pkg-config git ca-certificates)
# gRPC, Protobuf and RocksDB name further libraries in their CMake files; their -dev packages bring those along
# except the ones listed here on lines of their own.
libraries=(
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  libabsl-dev librocksdb-dev libjemalloc-dev
  libfmt-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libssl-dev
)
runtime=(openssl tzdata)
testing=(
  libgtest-dev libgmock-dev libbenchmark-dev
  clang-19 clang-tidy-19 clang-tools-19 clang-format-19 libclang-rt-19-dev
  libfuse3-dev fuse3 jq
  python3 python3-cryptography python3-grpcio python3-grpc-tools python3-protobuf
)

group=test
list=no
for argument in "$@"; do
  case $argument in
    build | test) group=$argument ;;
    --list) list=yes ;;
    *)
      sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
done

packages=("${compiler[@]}" "${libraries[@]}" "${runtime[@]}")
[ "$group" = build ] || packages+=("${testing[@]}")
if [ "$list" = yes ]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v dpkg-query >/dev/null; then
  echo "install-packages: this is not a Debian system; install by hand: ${packages[*]}" >&2
  exit 1
fi
installed=" $(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" {print $2}' | tr '\n' ' ')"
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" $package "* ]] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=(env)
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-packages: ${#missing[@]} packages are missing and you are neither root nor have sudo." >&2
    echo "Ask an administrator to run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo env)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  # Another apt may hold the lock: wait for it rather than fail.
  if ! "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" \
    >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "install-packages: apt-get $1 failed; still missing: ${missing[*]}" >&2
    exit 1
  fi
}
echo "install-packages: installing ${missing[*]}"
apt update -q
apt install -q -y --no-install-recommends "${missing[@]}"
