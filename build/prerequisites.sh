#!/usr/bin/env bash
# Installs the servers that some tests start, where that needs no question: as root, with apt-get.
# Nothing here fails the run: tests whose server is missing are skipped and named.
set -uo pipefail

have() {
    command -v "$1" >/dev/null && return 0
    compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

missing=()
have initdb && have postgres || missing+=(postgresql)
have prometheus && have promtool || missing+=(prometheus)
have prometheus-alertmanager || have alertmanager || missing+=(prometheus-alertmanager)
have jsonnet || missing+=(jsonnet)
compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null || missing+=(faketime)
# Compiles the stand-in for NVIDIA's library.
have gcc || missing+=(gcc libc6-dev)

if [ ${#missing[@]} -eq 0 ]; then
    echo "Prerequisites: PostgreSQL, Prometheus, Alertmanager, jsonnet, faketime and gcc are here."
    exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Prerequisites: missing ${missing[*]}; not installed, because that takes root and apt-get. The tests that need them will be skipped."
    exit 0
fi

echo "Prerequisites: installing ${missing[*]}…"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# RUNLEVEL=1 keeps the packages from starting services: tests start servers of their own.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get update >"$log" 2>&1 </dev/null || echo "Prerequisites: apt-get update failed; trying with the package lists at hand."
for package in "${missing[@]}"; do
    if apt-get install --yes --no-install-recommends "$package" >"$log" 2>&1 </dev/null; then
        echo "Prerequisites: $package installed."
    else
        tail -n 5 "$log"
        echo "Prerequisites: $package could not be installed. The tests that need it will be skipped."
    fi
done
