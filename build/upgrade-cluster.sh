#!/usr/bin/env bash
# Builds the silo of a commit and that of this working tree, and replaces three silos of the first by three of the second under load.
#   build/upgrade-cluster.sh COMMIT [--save FILE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

from=$1
shift
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/old" 2>/dev/null || true; rm -rf "$folder"' EXIT
git worktree add --detach "$folder/old" "$from" >/dev/null 2>&1 || { echo "upgrade-cluster: there is no commit '$from'." >&2; exit 2; }
dotnet build "$folder/old/src/Silo" -c Release -v quiet
dotnet build src/Silo -c Release -v quiet
dotnet run -c Release --project benchmarks/Drift.Load -- upgrade-cluster --from "$folder/old/artifacts/bin/Silo/release/Drift.Silo.dll" "$@"
