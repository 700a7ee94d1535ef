#!/usr/bin/env bash
# The closed loop on this machine: a model drifts, a trigger goes to a trainer, what it trains is tried as a canary and promoted, and the next, worse
# adapter is rolled back; then the time line of it all.
#   build/demo-loop.sh             on one process with a database file of its own, which is left behind when something fails
#   SILOS=3 build/demo-loop.sh     on a cluster (build/cluster.sh); while the first canary runs, one of its silos is killed
# PORT and TRAINER_PORT change where it listens, STEP_LIMIT (2m) how long each step may take.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SILOS=${SILOS:-1} PORT=${PORT:-8180} TRAINER_PORT=${TRAINER_PORT:-8190}
standalone=artifacts/bin/Standalone/release/Drift.Standalone.dll
url=http://127.0.0.1:$PORT
work=$(mktemp -d "${TMPDIR:-/tmp}/drift-loop.XXXXXX")
# PostgreSQL runs as another user where this runs as root, and must get through.
chmod 711 "$work"

say() { echo "demo-loop: $*"; }
fail() { echo "demo-loop: $*" >&2; exit 1; }

jobs_of_mine=()
finish() {
    local status=$?
    trap - EXIT INT TERM
    for job in "${jobs_of_mine[@]}"; do kill -TERM "$job" 2>/dev/null || true; done
    for job in "${jobs_of_mine[@]}"; do wait "$job" 2>/dev/null || true; done
    if [ "$status" -eq 0 ]; then rm -rf "$work"; else echo "demo-loop: logs and data are in $work" >&2; fi
    exit "$status"
}
trap finish EXIT INT TERM

DRIFT_TRAINER_SECRET=$(head -c 24 /dev/urandom | base64)
export DRIFT_TRAINER_SECRET
export Drift__Triggers__Destinations__0__Name=trainer
export Drift__Triggers__Destinations__0__Url=http://127.0.0.1:$TRAINER_PORT/fine-tune
export Drift__Triggers__Destinations__0__Secret=$DRIFT_TRAINER_SECRET
export Drift__Delivery__AllowLoopback=true
# As often as the demo's tickets come; in production a look every half a minute is soon enough.
export Drift__Adapters__EvaluationInterval=00:00:01

if [ "$SILOS" -gt 1 ]; then
    DEMO=0 PORT=$PORT SILOS=$SILOS CLUSTER_DATA=$work/cluster bash build/cluster.sh start >"$work/server.log" 2>&1 &
else
    dotnet "$standalone" serve --urls "$url" --data "$work/data" >"$work/server.log" 2>&1 &
fi
server=$!
jobs_of_mine+=("$server")
for _ in $(seq 240); do
    if curl -sf -o /dev/null "$url/health/ready"; then break; fi
    kill -0 "$server" 2>/dev/null || { tail -n 5 "$work/server.log" >&2; fail "the server does not start."; }
    sleep 0.5
done

# From its second job on the trainer makes a mistake, so that there is something to roll back.
dotnet "$standalone" trainer --url "$url" --listen "http://127.0.0.1:$TRAINER_PORT" --artifacts "$work/adapters" --spoil-after 1 >"$work/trainer.log" 2>&1 &
jobs_of_mine+=("$!")

killed=
dotnet "$standalone" demo-loop --url "$url" --artifacts "$work/adapters" --step-limit "${STEP_LIMIT:-2m}" | while IFS= read -r line; do
    echo "$line"
    if [ "$SILOS" -gt 1 ] && [ -z "$killed" ] && [[ $line == *" canary "* ]]; then
        killed=yes
        kill -9 "$(cat "$work/cluster/silo-2.pid")"
        say "killed silo-2 while the canary runs; another one comes up in its place"
    fi
done
say "the loop is closed"
