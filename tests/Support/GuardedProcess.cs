using System.Diagnostics;
using System.Globalization;

namespace Drift.Support;

/// <summary>
/// A server process that cannot outlive the test process. A small shell guards it: it waits on a pipe that closes when this process
/// ends, in whatever way (a <c>ProcessExit</c> handler would miss a kill), then ends the server and removes its folder.
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1: folder to remove ("" for none), $2: log file, $3: signal that ends it, the rest: the command. The server's process id is printed first.
    // Once the pipe is closed, the watcher must not be stopped by the main shell before it has cleaned up: hence the trap.
    private const string Guard = """
        folder=$1; log=$2; signal=$3; shift 3
        exec 3<&0
        "$@" </dev/null >>"$log" 2>&1 3<&- &
        server=$!
        (
            cat <&3 >/dev/null
            trap '' TERM
            kill -s "$signal" "$server"
            for attempt in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" || break; sleep 0.3; done
            kill -s KILL "$server"
            if [ -n "$folder" ]; then
                for attempt in 1 2 3 4 5; do rm -rf "$folder" && break; sleep 0.2; done
            fi
        ) >/dev/null 2>&1 &
        watcher=$!
        exec 3<&-
        echo "$server"
        wait "$server"
        status=$?
        kill "$watcher"
        exit "$status"
        """;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _guard;
    private readonly string _log;
    private readonly string _stopSignal;

    private GuardedProcess(Process guard, int id, string log, string stopSignal)
    {
        _guard = guard;
        _log = log;
        _stopSignal = stopSignal;
        Id = id;
    }

    /// <summary>The server's own process id.</summary>
    public int Id { get; }

    /// <summary>Whether the server has ended.</summary>
    public bool HasExited => _guard.HasExited;

    /// <summary>Starts a command.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">The file that takes its output, appended.</param>
    /// <param name="folder">A folder that is removed when this process ends without having disposed the server; null for none.</param>
    /// <param name="environment">Variables to set for the server.</param>
    /// <param name="stopSignal">How it is ended when nobody needs it any more; killed when that does not help within seconds.</param>
    public static async Task<GuardedProcess> StartAsync(
        IEnumerable<string> command,
        string log,
        string? folder = null,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        string stopSignal = "KILL")
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in (string[])["-c", Guard, "guard", folder ?? "", log, stopSignal, .. command])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;

        var guard = Process.Start(start) ?? throw new InvalidOperationException("The shell did not start.");
        var line = await guard.StandardOutput.ReadLineAsync();
        if (!int.TryParse(line, CultureInfo.InvariantCulture, out var id))
            throw new InvalidOperationException($"No process was started: {await guard.StandardError.ReadToEndAsync()}");

        return new GuardedProcess(guard, id, log, stopSignal);
    }

    /// <summary>Sends a signal, e.g. <c>TERM</c>, <c>KILL</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        if (HasExited)
            return;

        using var kill = Process.Start("/bin/sh", ["-c", "kill -s \"$0\" \"$1\" 2>/dev/null", signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills the server (<c>SIGKILL</c>) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await WaitForExitAsync();
    }

    /// <summary>Waits until the server has ended.</summary>
    /// <returns>Its exit code; 128 + n when signal n ended it.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        // Not Process.WaitForExitAsync alone: that also waits for the pipes, which the watcher holds for a moment longer.
        while (!_guard.HasExited)
            await Task.Delay(10, cancellationToken);

        return _guard.ExitCode;
    }

    /// <summary>The last lines of its output, for messages.</summary>
    public string LogTail(int lines = 15)
        => File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(lines)) : "";

    // What the system does when the owner ends.
    internal void LoseOwner() => _guard.StandardInput.Close();

    /// <summary>Ends the server, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await SignalAsync(_stopSignal);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }

        LoseOwner();
        _guard.Dispose();
    }
}
