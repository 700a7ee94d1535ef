#!/usr/bin/env bash
# Writes grafana/dashboards/*.json from grafana/jsonnet/*.jsonnet, or into the folder that is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out=${1:-dashboards}

if ! command -v jsonnet >/dev/null; then
    echo "grafana-build needs jsonnet: apt-get install jsonnet (Debian, Ubuntu) or brew install jsonnet (macOS)" >&2
    exit 1
fi

for source in jsonnet/*.jsonnet; do
    jsonnet "$source" >"$out/$(basename "$source" .jsonnet).json"
done
