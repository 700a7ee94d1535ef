using System.Globalization;
using Drift.Support;

namespace Drift.Load;

/// <summary>The built host on one data directory and one port, which is killed and started again and keeps its address.</summary>
internal sealed class TortureServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly TempDirectory _folder = new("drift-torture-");
    private readonly string _data;
    private readonly Dictionary<string, string> _environment;
    private GuardedProcess? _process;

    private TortureServer(string? data, string postgres, IReadOnlyDictionary<string, string>? environment)
    {
        _data = data ?? _folder["data"];
        // Snapshots often enough that harm falls into them.
        _environment = new Dictionary<string, string>(environment ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            ["Logging__LogLevel__Default"] = "Warning",
            ["Drift__Actors__SnapshotEvery"] = "7",
            ["Drift__Actors__EvaluationInterval"] = "00:00:00.1",
            ["ConnectionStrings__Drift"] = postgres,
        };
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
    }

    public Uri Url { get; }

    /// <summary>Starts a host; on PostgreSQL, migrates the database first.</summary>
    /// <param name="data">Its data directory; null for one of its own.</param>
    /// <param name="postgres">A connection string; empty for SQLite.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<TortureServer> StartNewAsync(string? data = null, string postgres = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var server = new TortureServer(data, postgres, environment);
        try
        {
            if (postgres.Length > 0)
            {
                await using var migrate = await GuardedProcess.StartAsync([.. Command, "migrate"], server._folder["log"], environment: server._environment);
                if (await migrate.WaitForExitAsync() is not 0 and var code)
                    throw new InvalidOperationException($"The database could not be prepared, migrate ended with {code}: {migrate.LogTail()}");
            }

            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var process = _process = await GuardedProcess.StartAsync(
            [.. Command, "serve", "--data", _data, "--urls", Url.OriginalString], _folder["log"], environment: _environment);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.Async(
            async () =>
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"The host does not start: {process.LogTail()}");
                using var answer = await client.GetAsync(new Uri(Url, "/health/ready"));
                return answer.IsSuccessStatusCode;
            },
            StartLimit,
            "the host is ready");
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string[] Command =>
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : Executables.Find("dotnet") ?? "dotnet",
        Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll"),
    ];
}
