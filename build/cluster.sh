#!/usr/bin/env bash
# A cluster on this machine: PostgreSQL, three silos, a round-robin front on http://127.0.0.1:8080, demo traffic.
#   build/cluster.sh start   runs it until Ctrl+C (or `stop` from another terminal); silos that end come back
#   build/cluster.sh stop    ends it
# Without ConnectionStrings__Drift it runs a PostgreSQL of its own in ./data/cluster (port PG_PORT), which keeps its data.
# SILOS, PORT, DEMO=0, PG_PORT and CLUSTER_DATA change what the names say.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

SILOS=${SILOS:-3} PORT=${PORT:-8080} DEMO=${DEMO:-1} PG_PORT=${PG_PORT:-54320}
data=${CLUSTER_DATA:-$PWD/data/cluster}
silo=artifacts/bin/Silo/release/Drift.Silo.dll
load=artifacts/bin/Drift.Load/release/Drift.Load.dll
standalone=artifacts/bin/Standalone/release/Drift.Standalone.dll

say() { echo "cluster: $*"; }
fail() { echo "cluster: $*" >&2; exit 1; }

# PostgreSQL refuses to run as root. A prefix and not a function: what is started in the background must be the server itself.
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
fi

postgres_folder() {
    if command -v initdb >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"; return; fi
    local newest
    newest=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || fail "PostgreSQL is not here: apt-get install postgresql, or set ConnectionStrings__Drift."
    dirname "$newest"
}

start_postgres() {
    local bin pg=$data/postgres
    bin=$(postgres_folder)
    if [ ! -d "$pg/base" ]; then
        say "making a database in $pg"
        mkdir -p "$pg"
        # Reached over the loopback interface only, so it trusts whoever is on this machine.
        if [ "$(id -u)" -eq 0 ]; then chown "$user" "$pg"; fi
        "${as_user[@]}" "$bin/initdb" -D "$pg" -U drift --auth=trust -E UTF8 --no-locale --no-instructions >"$data/initdb.log" 2>&1 || { cat "$data/initdb.log" >&2; exit 1; }
    fi
    "${as_user[@]}" "$bin/postgres" -D "$pg" -c listen_addresses=127.0.0.1 -c "port=$PG_PORT" -c unix_socket_directories= -c max_connections=300 >"$data/postgres.log" 2>&1 &
    postgres=$!
    for _ in $(seq 100); do
        kill -0 "$postgres" 2>/dev/null || { tail -n 3 "$data/postgres.log" >&2; fail "PostgreSQL does not start."; }
        if "$bin/pg_isready" -q -h 127.0.0.1 -p "$PG_PORT"; then break; fi
        sleep 0.1
    done
    "$bin/psql" -h 127.0.0.1 -p "$PG_PORT" -U drift -d postgres -Atqc "select 1 from pg_database where datname = 'drift'" | grep -q 1 \
        || "$bin/createdb" -h 127.0.0.1 -p "$PG_PORT" -U drift drift
    export ConnectionStrings__Drift="Host=127.0.0.1;Port=$PG_PORT;Username=drift;Database=drift"
}

# Starts a silo again whenever it ends by itself, as an orchestrator would.
supervise() {
    # They share one machine: one of them polls its GPUs.
    local n=$1 child= gpus=false
    [ "$n" -ne 1 ] || gpus=true
    trap 'if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; wait "$child" || true; fi; exit 0' TERM INT
    while true; do
        ASPNETCORE_URLS=http://127.0.0.1:$((PORT + n)) Drift__Cluster__SiloPort=$((11110 + n)) Drift__Cluster__SiloName=silo-$n Drift__Cluster__DrainDelay=00:00:02 \
            Drift__Gpus__Enabled=$gpus dotnet "$silo" serve >>"$data/silo-$n.log" 2>&1 &
        child=$!
        echo "$child" >"$data/silo-$n.pid"
        wait "$child" || say "silo-$n ended with status $?, starting it again (log: $data/silo-$n.log)"
        sleep 1
    done
}

stop_all() {
    trap - EXIT INT TERM
    say "stopping: silos drain, write their models and leave"
    for job in ${demo:-} ${front:-}; do kill -TERM "$job" 2>/dev/null || true; done
    for job in ${supervisors:-}; do kill -TERM "$job" 2>/dev/null || true; done
    for job in ${supervisors:-}; do wait "$job" 2>/dev/null || true; done
    if [ -n "${postgres:-}" ]; then kill -INT "$postgres" 2>/dev/null || true; wait "$postgres" 2>/dev/null || true; fi
    rm -f "$data"/*.pid
    say "stopped"
    exit 0
}

start() {
    [ -f "$silo" ] || fail "the silo is not built: its packages do not restore here (dotnet restore src/Silo says which)."
    mkdir -p "$data"
    if [ -f "$data/cluster.pid" ] && kill -0 "$(cat "$data/cluster.pid")" 2>/dev/null; then fail "it runs already; make cluster-stop ends it."; fi
    echo $$ >"$data/cluster.pid"
    supervisors=''
    trap stop_all EXIT INT TERM
    if [ -z "${ConnectionStrings__Drift:-}" ]; then start_postgres; fi
    Logging__LogLevel__Default=Warning dotnet "$silo" migrate

    local addresses=() n
    for n in $(seq "$SILOS"); do
        supervise "$n" &
        supervisors="$supervisors $!"
        addresses+=("http://127.0.0.1:$((PORT + n))")
    done
    dotnet "$load" front --urls "http://127.0.0.1:$PORT" --to "${addresses[@]}" >"$data/front.log" 2>&1 &
    front=$!
    for _ in $(seq 120); do
        if curl -sf -o /dev/null "http://127.0.0.1:$PORT/health/ready"; then break; fi
        kill -0 "$front" 2>/dev/null || { tail -n 3 "$data/front.log" >&2; fail "the front does not start on port $PORT."; }
        sleep 0.5
    done
    say "$SILOS silos behind http://127.0.0.1:$PORT (${addresses[*]}); Orleans' dashboard: ${addresses[0]}/orleans; Ctrl+C or make cluster-stop ends it"
    if [ "$DEMO" = 1 ]; then
        dotnet "$standalone" demo --url "http://127.0.0.1:$PORT" &
        demo=$!
    fi
    # Not a bare wait: a signal must be answered at once, and the demo may end before the rest.
    while kill -0 "$front" 2>/dev/null; do wait -n || true; done
}

case ${1:-} in
    start) start ;;
    stop)
        if [ -f "$data/cluster.pid" ] && kill -TERM "$(cat "$data/cluster.pid")" 2>/dev/null; then
            say "stopping…"
            for _ in $(seq 240); do [ -f "$data/cluster.pid" ] || { say "stopped"; exit 0; }; sleep 0.5; done
            fail "it does not stop; its processes are in data/cluster/*.pid."
        fi
        say "it does not run"
        ;;
    *) fail "use: build/cluster.sh start|stop" ;;
esac
