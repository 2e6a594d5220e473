#!/usr/bin/env bash
# Builds Cradle, starts it on this machine with a sample district in it, and says what to try next.
# usage: deploy/quickstart.sh [--once] [--dir DIR] [--port N]
#   --once   stop the server at the end instead of leaving it in the foreground until Ctrl-C
#   --dir    where the data and the homes of the devices go (default: build/sample-district in the clone)
#   --port   of 127.0.0.1 (default: a free one)
# A directory that holds the district already is served again as it is.
set -euo pipefail
export LC_ALL=C.UTF-8
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
fail() {
  echo "quickstart: $*" >&2
  exit 1
}

once=no
directory=$repository/build/sample-district
port=0
while [ $# -gt 0 ]; do
  case $1 in
    --once) once=yes ;;
    --dir | --port)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      if [ "$1" = --dir ]; then directory=$2; else port=$2; fi
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || [ "$port" -gt 65535 ]; then
  fail "--port $port: a number from 0 to 65535"
fi
mkdir -p "$directory" 2>/dev/null || fail "cannot make $directory: name another with --dir"
[ -w "$directory" ] || fail "cannot write to $directory: name another with --dir"
directory=$(cd "$directory" && pwd)
[ ${#directory} -le 80 ] || fail "--dir $directory: too long for the socket that is made in it"

data=$directory/data
bureau=$directory/bureau
build=$repository/build/quickstart
bin=$build/bin
server_log=$directory/server.log
server=
port_file=$directory/port

stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command whose output is shown only when it fails.
quietly() {
  local output
  output=$(mktemp)
  if ! "$@" >"$output" 2>&1 </dev/null; then
    cat "$output" >&2
    rm -f "$output"
    fail "this failed, and its output is above: $*"
  fi
  rm -f "$output"
}

# start_server [OPTIONS]: waits until it serves, or shows why not. Sets $server and $address.
start_server() {
  rm -f "$port_file"
  "$bin/cradled" serve --data "$data" --listen "127.0.0.1:$port" --port-file "$port_file" "$@" \
    >>"$server_log" 2>&1 </dev/null &
  server=$!
  local waited=0
  until [ -s "$port_file" ]; do
    if ! kill -0 "$server" 2>/dev/null; then
      tail -n 5 "$server_log" >&2
      fail "the server did not start; its last words are above, the rest in $server_log"
    fi
    [ $waited -lt 600 ] || fail "the server does not answer after a minute; see $server_log"
    waited=$((waited + 1))
    sleep 0.1
  done
  port=$(cat "$port_file") # the same one when it is started again
  address=127.0.0.1:$port
}

cradle() { "$bin/cradle" --home "$bureau" --server "$address" "$@"; }

build_programs() {
  "$repository/deploy/install-packages.sh" build
  export CCACHE_BASEDIR=$repository CCACHE_NOHASHDIR=1
  echo "quickstart: building (the first time takes a while)"
  SECONDS=0
  (cd "$repository" && quietly cmake --preset release -B "$build" -DCRADLE_TESTS=OFF)
  local make=(ninja -C "$build" cradled cradle cradle-district rule_data)
  if [ -t 1 ]; then # ninja shows how far it is
    "${make[@]}" </dev/null || fail "the build failed; its errors are above"
  else
    quietly "${make[@]}"
  fi
  echo "quickstart: built in $SECONDS s"
}

# point_homes DIR...: these devices trust the log and find its server where it is now.
point_homes() {
  local vkey home
  vkey=$(sed -n 's/.*"log_vkey": "\([^"]*\)".*/\1/p' "$data/cradle.json")
  for home in "$@"; do
    quietly "$bin/cradle" --home "$home" init --server "$address" --vkey "$vkey"
  done
}

load_district() {
  # Only what an attempt cut short has left is taken away, and only from this directory.
  rm -rf "$data" "$bureau" "$directory/works01" "$directory/haulage" "$directory/mirror" "$server_log"
  quietly "$bin/cradle" --home "$bureau" key new --out "$directory/bureau.pub"
  quietly "$bin/cradled" init --data "$data" --origin log.example.org/sample-district \
    --regulator "$directory/bureau.pub"
  # Time stands where the loader puts it: it lives through the days of a week.
  start_server --manual-clock 1
  point_homes "$bureau"
  echo "quickstart: loading the sample district"
  "$bin/cradle-district" load --server "$address" --data-admin "$data" --home "$bureau" \
    --dir "$repository/deploy/sample" --keep "works01=$directory/works01" --keep "haulage=$directory/haulage" ||
    fail "the district was not loaded; run this again, it begins anew"
  stop_server
  touch "$directory/loaded"
}

show() {
  echo
  echo "The district"
  "$bin/cradle-district" count --server "$address" | sed 's/^/  /'
  echo
  echo "To be listed for stock over one year (重点监控名单)"
  cradle monitor list
  echo
  echo "Verification of the whole log, from its bytes"
  cradle audit mirror "$directory/mirror"
  cradle audit verify "$directory/mirror" --mine ||
    fail "the log does not verify: its verdict is above"
}

next_commands() {
  local tomorrow receipts
  tomorrow=$(TZ=UTC-8 date -d tomorrow +%F)
  receipts=("$bureau"/receipts/*.tlog-proof)
  echo
  echo "Try next"
  [ "$once" = no ] || echo "  $bin/cradled serve --data $data --listen $address &"
  echo "  $bin/cradle --home $bureau monitor list --on $tomorrow    # the anniversaries are over then"
  echo "  $bin/cradle --home $bureau trace @works17-old             # one batch from its store to its end"
  echo "  $bin/cradle --home $directory/works01 stock --org @works01    # what lies at a works with two sites"
  echo "  $bin/cradle --home $directory/works01 batch generate --site @works01-site --code 336-054-17 --mass 120kg --form semi-solid"
  [ "$once" = yes ] || echo "  $bin/cradle --home $bureau receipt verify ${receipts[0]}    # needs no server"
}

# Never over what this script did not make, and one at a time.
mark=$directory/.cradle-quickstart
if [ -n "$(ls -A "$directory")" ] && [ ! -e "$mark" ]; then
  fail "$directory holds other files: name another with --dir"
fi
exec 9>>"$mark"
flock -n 9 || fail "$directory is in use, by another quickstart or a server it left: name another with --dir"

build_programs
if [ ! -e "$directory/loaded" ]; then
  load_district
else
  echo "quickstart: the district is in $directory already"
fi
start_server
point_homes "$bureau" "$directory/works01" "$directory/haulage"
show
next_commands
if [ "$once" = yes ]; then
  stop_server
  exit 0
fi
echo
echo "Serving on $address, data in $directory. Ctrl-C ends it; the same command serves it again."
wait "$server"
