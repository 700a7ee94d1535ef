using System.Globalization;
using Drift.Support;

namespace Drift.Load;

/// <summary>A host or a silo as a process of its own, which is harmed and started again and keeps its HTTP address.</summary>
internal sealed class TortureServer : IAsyncDisposable
{
    /// <summary>How long a start may take.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly TempDirectory _folder = new("drift-torture-");
    private readonly string[] _command;
    private readonly Dictionary<string, string> _environment;
    private GuardedProcess? _process;

    private TortureServer(string name, string assembly, Func<TempDirectory, string[]> arguments, string postgres, IReadOnlyDictionary<string, string>? environment)
    {
        Name = name;
        Assembly = assembly;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
        _command = [MeasuredServer.DotNet, assembly, "serve", .. arguments(_folder)];
        _environment = EnvironmentOf(postgres, environment);
        _environment["ASPNETCORE_URLS"] = Url.OriginalString;
    }

    public string Name { get; }

    /// <summary>The built host or silo.</summary>
    public string Assembly { get; }

    public Uri Url { get; }

    /// <summary>Whether its process runs, paused or not.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>All that it has written, over all its processes.</summary>
    public string Log => File.Exists(_folder["log"]) ? File.ReadAllText(_folder["log"]) : "";

    /// <summary>Starts a host of a single process; on PostgreSQL, migrates the database first.</summary>
    /// <param name="data">Its data directory; null for one of its own.</param>
    /// <param name="postgres">A connection string; empty for SQLite.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<TortureServer> StartNewAsync(string? data = null, string postgres = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll");
        if (postgres.Length > 0)
            await MigrateAsync(assembly, postgres);
        var server = new TortureServer("host", assembly, folder => ["--data", data ?? folder["data"]], postgres, environment);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A silo that is not started yet.</summary>
    /// <param name="assembly">The built silo.</param>
    /// <param name="name">Its name in the cluster.</param>
    /// <param name="postgres">A connection string to a migrated database.</param>
    /// <param name="environment">Further variables.</param>
    public static TortureServer Silo(string assembly, string name, string postgres, IReadOnlyDictionary<string, string>? environment = null)
    {
        var silo = new TortureServer(name, assembly, _ => [], postgres, environment);
        silo._environment["Drift__Cluster__SiloName"] = name;
        return silo;
    }

    /// <summary>Brings a database up to date.</summary>
    /// <param name="assembly">The built host or silo.</param>
    /// <param name="postgres">The connection string.</param>
    public static async Task MigrateAsync(string assembly, string postgres)
    {
        using var folder = new TempDirectory("drift-torture-");
        await using var migrate = await GuardedProcess.StartAsync([MeasuredServer.DotNet, assembly, "migrate"], folder["log"], environment: EnvironmentOf(postgres, null));
        if (await migrate.WaitForExitAsync() is not 0 and var code)
            throw new InvalidOperationException($"The database could not be prepared, migrate ended with {code}: {migrate.LogTail()}");
    }

    /// <summary>Starts it (again), and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        await LaunchAsync();
        await ReadyAsync();
    }

    /// <summary>Starts its process (again). A silo gets another port for the cluster each time, as a pod gets another address.</summary>
    public async Task LaunchAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _environment["Drift__Cluster__SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        _process = await GuardedProcess.StartAsync(_command, _folder["log"], environment: _environment);
    }

    /// <summary>Waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended; the message has the end of its log.</exception>
    public async Task ReadyAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Async(
            async () =>
            {
                if (!IsRunning)
                    return true;
                using var answer = await client.GetAsync(new Uri(Url, "/health/ready"));
                return answer.IsSuccessStatusCode;
            },
            StartLimit,
            $"{Name} is ready");
        if (!IsRunning)
            throw new InvalidOperationException($"{Name} does not start: {_process?.LogTail()}");
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Sends a signal.</summary>
    public Task SignalAsync(string signal) => _process!.SignalAsync(signal);

    /// <summary>Waits until its process has ended.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExitAsync() => _process!.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string> EnvironmentOf(string postgres, IReadOnlyDictionary<string, string>? environment)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Logging__LogLevel__Default"] = "Warning",
            // Snapshots often enough that harm falls into them.
            ["Drift__Actors__SnapshotEvery"] = "7",
            ["Drift__Actors__EvaluationInterval"] = "00:00:00.1",
            ["ConnectionStrings__Drift"] = postgres,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            all[name] = value;
        return all;
    }
}
