# Sourced by the script of a page: what its commands are here. DOCS_CLI, DOCS_ROOT, DOCS_LOG, DOCS_PORT are set.
set -euo pipefail
trap 'echo "line $LINENO: $BASH_COMMAND: exit $?" >&2' ERR

stood_in() { echo "$*" >>"$DOCS_LOG"; }
docker() { stood_in docker "$@"; }
kubectl() { stood_in kubectl "$@"; }
aws() { stood_in aws "$@"; }

# An answer that refuses is a failure of the page.
curl() { command curl --fail-with-body -sS "$@"; }

node() {
  case "${1-}" in
    tools/deploy-files/*) stood_in node "$@" ;;
    *) command node "$@" ;;
  esac
}

npm() {
  case "$*" in
    start)
      if [ -n "$DOCS_NIGHTLY" ]; then command node "$DOCS_CLI" demo; else stood_in npm "$@"; fi
      ;;
    *) stood_in npm "$@" ;;
  esac
}

npx() {
  local program=$1
  shift
  case "$program" in
    plimsoll) plimsoll "$@" ;;
    nx)
      local target=$2
      shift 2
      command node --conditions=@plimsoll/source --import "$DOCS_TSX" "$DOCS_ROOT/tools/$target.ts" "$@"
      ;;
    *) return 127 ;;
  esac
}

plimsoll() {
  if [ "$1" != serve ]; then
    command node "$DOCS_CLI" "$@"
    return
  fi
  if [ -e .server.pid ]; then
    kill "$(cat .server.pid)"
    while kill -0 "$(cat .server.pid)" 2>/dev/null; do sleep 0.1; done
  fi
  HOST=127.0.0.1 PORT=$DOCS_PORT command node "$DOCS_CLI" "$@" >.server.log 2>&1 </dev/null &
  echo $! >.server.pid
  for _ in $(seq 300); do
    if command curl -sf -o .health "http://127.0.0.1:$DOCS_PORT/health/ready"; then return; fi
    if ! kill -0 "$(cat .server.pid)" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat .server.log >&2
  return 1
}
