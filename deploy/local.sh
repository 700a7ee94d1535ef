#!/usr/bin/env bash
# The monitor and what watches it on this machine: with compose where Docker is, as processes of their own where it is not.
#   start | stop | logs | check | metrics | grafana-start | grafana-stop | grafana-ui
# Processes keep their data, logs and process ids under data/local (DRIFT_LOCAL). DRIFT_URL is where the monitor is (http://127.0.0.1:8080).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

url=${DRIFT_URL:-http://127.0.0.1:8080}
state=${DRIFT_LOCAL:-data/local}
compose_file=deploy/docker/compose.yaml

say() { echo "$@"; }
fail() { echo "$@" >&2; exit 1; }
has_compose() { docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; }
# The whole stack in containers, where this checkout has a file for it.
in_containers() { [ -f "$compose_file" ] && has_compose; }
running() { [ -f "$state/$1.pid" ] && kill -0 "$(cat "$state/$1.pid")" 2>/dev/null; }

# Starts a command in the background, unless it runs already.
launch() {
    local name=$1
    shift
    if running "$name"; then say "$name runs already (process $(cat "$state/$name.pid"))."; return; fi
    nohup "$@" >>"$state/$name.log" 2>&1 </dev/null &
    echo $! >"$state/$name.pid"
    say "$name started (process $!), log in $state/$name.log"
}

end() {
    running "$1" || return 0
    local pid
    pid=$(cat "$state/$1.pid")
    kill "$pid"
    # The monitor writes a snapshot of every model before it goes.
    for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$state/$1.pid"
    say "$1 stopped."
}

request() {
    local key=()
    [ -z "${DRIFT_KEY:-}" ] || key=(-H "Authorization: Bearer $DRIFT_KEY")
    curl -fsS "${key[@]}" "$@" || fail "No answer from $url. Is it running? (make drift-start)"
    echo
}

local_prometheus() {
    command -v prometheus >/dev/null || { say "Prometheus is not installed: the monitor runs without (apt-get install prometheus)."; return; }
    # The same rules and jobs, with the addresses of this machine.
    mkdir -p "$state/prometheus/targets"
    rm -rf "$state/prometheus/rules"
    cp -r deploy/prometheus/rules "$state/prometheus/"
    sed 's/"alertmanager:9093"/"127.0.0.1:9093"/' deploy/prometheus/prometheus.yml >"$state/prometheus/prometheus.yml"
    echo "- targets: [\"${url#*//}\"]" >"$state/prometheus/targets/drift.yml"
    launch prometheus prometheus --config.file="$state/prometheus/prometheus.yml" --storage.tsdb.path="$state/prometheus/data" \
        --storage.tsdb.retention.time=90d --web.listen-address=127.0.0.1:9090
    local alertmanager
    alertmanager=$(command -v prometheus-alertmanager || command -v alertmanager || true)
    [ -z "$alertmanager" ] || launch alertmanager "$alertmanager" --config.file=deploy/alertmanager/alertmanager.yml \
        --storage.path="$state/alertmanager" --web.listen-address=127.0.0.1:9093 --cluster.listen-address=
}

case ${1:-} in
    start)
        if in_containers; then exec docker compose -f "$compose_file" up -d; fi
        mkdir -p "$state"
        dotnet build src/Standalone -c Release -v quiet -nologo -clp:ErrorsOnly
        # The assembly itself, not `dotnet run`: the process that is noted is the one to stop.
        launch drift dotnet artifacts/bin/Standalone/release/Drift.Standalone.dll serve --data "$state/drift" --urls "$url"
        local_prometheus
        for _ in $(seq 300); do
            curl -fs "$url/health/ready" >/dev/null && { say "The monitor is ready: $url"; exit 0; }
            running drift || { tail -n 5 "$state/drift.log" >&2; fail "The monitor did not start."; }
            sleep 0.1
        done
        fail "The monitor is not ready after 30 s, see $state/drift.log"
        ;;
    stop)
        if in_containers; then exec docker compose -f "$compose_file" stop; fi
        end alertmanager
        end prometheus
        end drift
        ;;
    logs)
        if in_containers; then exec docker compose -f "$compose_file" logs -f; fi
        [ -f "$state/drift.log" ] || fail "No log yet: make drift-start"
        exec tail -n 50 -F "$state/drift.log"
        ;;
    check) request -X POST "$url/drift/check" ;;
    metrics) request "$url/drift/metrics?days=7" ;;
    grafana-start)
        has_compose || fail "Grafana needs Docker with compose here. Where Grafana is installed, give it grafana/provisioning and grafana/dashboards: docs/dashboards.md says how."
        exec docker compose -f grafana/compose.yaml up -d
        ;;
    grafana-stop)
        has_compose || fail "Docker with compose is not here, so make grafana-start started nothing."
        exec docker compose -f grafana/compose.yaml stop
        ;;
    grafana-ui)
        page=${GRAFANA_URL:-http://127.0.0.1:3000}/d/drift-overview
        say "$page"
        for opener in open xdg-open; do
            if command -v "$opener" >/dev/null && "$opener" "$page" >/dev/null 2>&1; then break; fi
        done
        ;;
    *) fail "usage: deploy/local.sh start | stop | logs | check | metrics | grafana-start | grafana-stop | grafana-ui" ;;
esac
