#!/usr/bin/env bash
# Restores, builds (Release, warnings are errors) and runs every project under tests/*.Tests.
# `make test` and `.ci/run` both come here. Arguments go to `dotnet test`, e.g. --filter 'FullyQualifiedName~Psi'.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when tests ran and none failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

give_up() {
    echo "$1"
    echo "0 passed, 0 failed, 0 skipped"
    exit 1
}

# Runs a command quietly; its output is shown only when it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || { cat "$log"; return 1; }
}

bash build/require-dotnet.sh || give_up "Not built: the .NET SDK is missing."

# Hosts and test runs live for seconds: gathering a profile to compile better for later is a fifth of their processor time.
export DOTNET_TieredPGO=0

# A CI machine is left as it was found: no build server stays behind. A compiler that starts anew for each project takes twice as long as one that
# stays, so there is one of our own for as long as the build.
servers=()
compiler=
if [ "${CI:-}" = true ]; then
    compiler=drift-$$-$RANDOM
    servers=(-nodeReuse:false -p:UseRazorBuildServer=false -p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler")
fi
end_compiler() {
    [ -n "$compiler" ] || return 0
    dotnet "$(dotnet msbuild src/Core/Core.csproj -getProperty:RoslynTargetsPath)/bincore/VBCSCompiler.dll" "-pipename:$compiler" -shutdown >/dev/null 2>&1
    compiler=
}
trap end_compiler EXIT

# The Orleans half needs packages that not every source carries; whether they are here is found out by restoring.
solution=Orleans.Drift.sln
standalone=Orleans.Drift.Standalone.slnf
orleans='src[\\/](Grains|Silo)'
echo "Restoring…"
if dotnet restore "$solution" "${servers[@]}" >"$results/restore.log" 2>&1 </dev/null; then
    if grep -Eq "$orleans" "$solution"; then
        echo "Orleans half: built and tested here, with the standalone half."
    else
        echo "Orleans half: no Orleans projects in the solution yet; the standalone half is everything."
    fi
else
    grep -Eq "$orleans" "$solution" || { cat "$results/restore.log"; give_up "Not built: the packages do not restore."; }
    solution=$standalone
    quietly "$results/restore-standalone.log" dotnet restore "$solution" "${servers[@]}" || give_up "Not built: the packages do not restore."
    echo "Orleans half: not built here (its packages do not restore). Only the standalone half is built and tested. The first reasons:"
    grep -E 'error' "$results/restore.log" | sed -E 's/^.*(error [A-Z]+[0-9]+: )/  \1/; s/ \[[^]]*\]$//' | cut -c1-200 | sort -u | head -n 3
fi

echo "Building $solution…"
quietly "$results/build.log" dotnet build "$solution" --no-restore -c Release "${servers[@]}" -v quiet || give_up "Not built: see the errors above."
end_compiler

# What is not run is counted as skipped, and named.
seen=()
passed=0 failed=0 skipped=0
failures=() skips=()
leave_out() { skipped=$((skipped + 1)); skips+=("$1: $2"); }

# One run per project, as many at a time as there are cores; those that take longest
# first. Every server that a test starts takes a free port.
projects=()
longest=(tests/Silo.Tests tests/Standalone.Tests tests/Grains.Tests tests/Api.Tests tests/Load.Tests tests/Dashboards.Tests)
for folder in "${longest[@]}" tests/*.Tests; do
    name=$(basename "$folder")
    case " ${seen[*]:-} " in *" $name "*) continue ;; esac
    seen+=("$name")
    if [ "$solution" = "$standalone" ] && ! grep -q "/$name\.csproj" "$standalone"; then
        leave_out "$name" "the whole project, the Orleans half is not built here"
    elif [ "$name" = Grains.Tests ] && ! { command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; }; then
        leave_out "$name" "the whole project needs PostgreSQL: apt-get install postgresql (Debian, Ubuntu) or brew install postgresql@16 (macOS)"
    else
        projects+=("$name")
    fi
done
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
echo "Testing ${#projects[@]} projects…"

run_one() {
    local results=$1 name=$2 assembly
    shift 2
    assembly=artifacts/bin/$name/release/Drift.$name.dll
    dotnet test "$assembly" --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
        --blame-hang-timeout 10m --blame-hang-dump-type none "$@" >"$results/$name.log" 2>&1 </dev/null
    echo $? >"$results/$name.exit"
}
export -f run_one
printf '%s\0' "${projects[@]}" | xargs -0 -P "$cores" -I '{}' bash -c 'run_one "$@"' run_one "$results" '{}' "$@"

# "outcome<TAB>test<TAB>first line of its message" for every result in a trx file.
outcomes() {
    [ -f "$1" ] || return 0
    awk '
        function attribute(name) {
            return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
        }
        function flush() { if (test != "") print outcome "\t" test "\t" message; test = "" }
        /<UnitTestResult / { flush(); test = attribute("testName"); outcome = attribute("outcome"); message = "" }
        /<Message>/ && test != "" && message == "" { message = $0; sub(/.*<Message>/, "", message); sub(/<\/Message>.*/, "", message) }
        END { flush() }' "$1" |
        sed -e 's/&#x[AD];/ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'"'"'/g; s/&amp;/\&/g'
}

for name in "${projects[@]}"; do
    p=0 f=0 s=0
    while IFS=$'\t' read -r outcome test message; do
        case $outcome in
            Passed) p=$((p + 1)) ;;
            NotExecuted) s=$((s + 1)); skips+=("$test: $message") ;;
            *) f=$((f + 1)); failures+=("$test") ;;
        esac
    done < <(outcomes "$results/$name.trx")
    # A run that broke off (a crash, a hang, a missing assembly) fails even when no single test did.
    if [ "$(cat "$results/$name.exit" 2>/dev/null || echo 1)" != 0 ] && [ "$f" -eq 0 ]; then
        f=1
        failures+=("$name: the run broke off")
    fi
    if [ "$f" -gt 0 ]; then cat "$results/$name.log"; fi
    printf '  %-28s %5d passed %3d failed %3d skipped\n' "$name" "$p" "$f" "$s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

if [ "$failed" -gt 0 ]; then
    echo "Failed:"
    printf '  %s\n' "${failures[@]}"
fi
if [ "$skipped" -gt 0 ]; then
    echo "Skipped:"
    printf '  %s\n' "${skips[@]}"
fi
if [ $((passed + failed)) -eq 0 ]; then echo "No test ran."; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
