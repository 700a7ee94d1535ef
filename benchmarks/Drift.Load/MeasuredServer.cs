using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using Drift.Support;
using Microsoft.Diagnostics.NETCore.Client;
using Npgsql;

namespace Drift.Load;

/// <summary>A server under measurement, as a process of its own that ends with this one.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private readonly Func<Task<GuardedProcess>> _start;
    private GuardedProcess _process;
    private readonly TempDirectory _folder;
    private readonly int? _database;

    private MeasuredServer(string name, bool isMonitor, Uri url, Func<Task<GuardedProcess>> start, GuardedProcess process, TempDirectory folder, int? database)
    {
        _start = start;
        Name = name;
        IsMonitor = isMonitor;
        Url = url;
        _process = process;
        _folder = folder;
        _database = database;
    }

    public string Name { get; }

    /// <summary>Whether it is ours, with receipts and counts.</summary>
    public bool IsMonitor { get; }

    public Uri Url { get; }

    public TimeSpan Cpu => ProcessUsage.Cpu(_process.Id);

    /// <summary>CPU time of its PostgreSQL, all processes.</summary>
    public TimeSpan DatabaseCpu => _database is { } id ? ProcessUsage.CpuOfTree(id) : TimeSpan.Zero;

    public long PeakBytes => ProcessUsage.PeakBytes(_process.Id);

    public long ResidentBytes => ProcessUsage.ResidentBytes(_process.Id);

    /// <summary>Bytes of its files.</summary>
    public long DiskBytes => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    public static Task<MeasuredServer> StartBaselineAsync(string name, bool walk) =>
        StartAsync(name, false, url => [Assembly("Drift.Load.dll"), walk ? "serve-walk" : "serve-empty", "--urls", url], new TempDirectory("drift-bench-"), []);

    /// <summary>Our host on a new SQLite file.</summary>
    /// <param name="name">Its name in the results.</param>
    /// <param name="settings">Options as environment variables, beside those that every measured host gets.</param>
    public static Task<MeasuredServer> StartSqliteAsync(string name, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = new TempDirectory("drift-bench-");
        var environment = HostEnvironment("");
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            environment[key] = value;
        return StartAsync(name, true, url => Serve(folder, url), folder, environment);
    }

    public static async Task<MeasuredServer> StartPostgresAsync(string name, PostgresServer postgres)
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        var folder = new TempDirectory("drift-bench-");
        var environment = HostEnvironment(connectionString);
        await MigrateAsync(Assembly("Drift.Standalone.dll"), folder, environment);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        // A backend is a child of the postmaster, as every process of that server.
        var postmaster = ProcessUsage.Parent((int)(await command.ExecuteScalarAsync())!);
        return await StartAsync(name, true, url => Serve(folder, url), folder, environment, postmaster);
    }

    /// <summary>What the managed heap holds after a full collection, without the gaps between objects.</summary>
    public async Task<long> HeldBytesAsync()
    {
        var before = await HeapAsync();
        // A provider that is enabled with this keyword (GCHeapCollect) collects once.
        using (var session = await new DiagnosticsClient(_process.Id).StartEventPipeSessionAsync(
            [new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, 0x800000)], requestRundown: false))
        {
            var drained = session.EventStream.CopyToAsync(Stream.Null);
            // It collects at once. A scrape meanwhile would be held too, and with many models that is megabytes of text.
            await Task.Delay(TimeSpan.FromSeconds(1));
            await Eventually.Async(async () => (await HeapAsync()).Collections > before.Collections, TimeSpan.FromSeconds(60), $"{Name} collects");
            await session.StopAsync(CancellationToken.None);
            await drained;
        }

        return (await HeapAsync()).Held;
    }

    /// <summary>Ends the host, by SIGKILL or in order, starts it again on its files, and gives the time from its start to the first 2xx of <paramref name="request"/>.</summary>
    public async Task<TimeSpan> RestartAsync(bool kill, Func<HttpRequestMessage> request)
    {
        if (kill)
            await _process.KillAsync();
        await _process.DisposeAsync();
        var begun = Stopwatch.GetTimestamp();
        _process = await _start();
        // Each try on a connection of its own: what was refused must not be remembered.
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(5))
        {
            try
            {
                using var client = new HttpClient { BaseAddress = Url };
                using var message = request();
                using var answer = await client.SendAsync(message);
                if (answer.IsSuccessStatusCode)
                    return Stopwatch.GetElapsedTime(begun);
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(5);
        }

        throw new InvalidOperationException($"{Name} does not serve after its restart: {_process.LogTail()}");
    }

    /// <summary>Silos of one cluster, on a database of their own.</summary>
    /// <param name="silo">The built silo.</param>
    /// <param name="name">The cluster's name.</param>
    /// <param name="count">How many.</param>
    /// <param name="postgres">Where its database is made.</param>
    public static async Task<IReadOnlyList<MeasuredServer>> StartSilosAsync(string silo, string name, int count, PostgresServer postgres)
    {
        var environment = HostEnvironment(await postgres.CreateDatabaseAsync());
        environment["Drift__Cluster__DrainDelay"] = "00:00:00";
        var servers = new List<MeasuredServer>();
        for (var i = 0; i < count; i++)
        {
            var folder = new TempDirectory("drift-bench-");
            if (i == 0)
                await MigrateAsync(silo, folder, environment);
            var own = new Dictionary<string, string>(environment, StringComparer.Ordinal)
            {
                ["Drift__Cluster__SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            };
            servers.Add(await StartAsync($"{name} ({i + 1})", true, _ => [silo, "serve"], folder, own));
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task MigrateAsync(string host, TempDirectory folder, Dictionary<string, string> environment)
    {
        await using var migrate = await GuardedProcess.StartAsync([DotNet, host, "migrate"], folder["log"], environment: environment);
        if (await migrate.WaitForExitAsync() != 0)
            throw new InvalidOperationException($"The database could not be prepared: {migrate.LogTail()}");
    }

    private static async Task<MeasuredServer> StartAsync(
        string name, bool isMonitor, Func<string, string[]> arguments, TempDirectory folder, Dictionary<string, string> environment, int? database = null)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
        environment["ASPNETCORE_URLS"] = url.OriginalString;
        Task<GuardedProcess> LaunchAsync() =>
            GuardedProcess.StartAsync([DotNet, .. arguments(url.OriginalString)], folder["log"], environment: environment, stopSignal: "TERM");
        var process = await LaunchAsync();
        var server = new MeasuredServer(name, isMonitor, url, LaunchAsync, process, folder, database);
        try
        {
            using var client = new HttpClient();
            await Eventually.Async(
                async () =>
                {
                    if (process.HasExited)
                        return true;
                    using var answer = await client.GetAsync(new Uri(url, "/health/ready"));
                    return answer.IsSuccessStatusCode;
                },
                TimeSpan.FromSeconds(60),
                $"{name} is ready");
            if (process.HasExited)
                throw new InvalidOperationException($"{name} does not start: {process.LogTail()}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<(long Held, long Collections)> HeapAsync()
    {
        using var client = new HttpClient { BaseAddress = Url };
        long held = 0, collections = 0;
        foreach (var line in (await client.GetStringAsync("metrics")).Split('\n'))
        {
            if (line.StartsWith("dotnet_gc_last_collection_heap_size_bytes", StringComparison.Ordinal))
                held += Value(line);
            else if (line.StartsWith("dotnet_gc_last_collection_heap_fragmentation_size_bytes", StringComparison.Ordinal))
                held -= Value(line);
            else if (line.StartsWith("dotnet_gc_collections_total{gc_heap_generation=\"gen2\"", StringComparison.Ordinal))
                collections = Value(line);
        }

        return (held, collections);

        static long Value(string line) => (long)double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
    }

    private static string[] Serve(TempDirectory folder, string url) => [Assembly("Drift.Standalone.dll"), "serve", "--data", folder["data"], "--urls", url];

    private static string Assembly(string file) => Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>What runs an assembly.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : Executables.Find("dotnet") ?? "dotnet";

    private static Dictionary<string, string> HostEnvironment(string connectionString) => new(StringComparer.Ordinal)
    {
        ["Logging__LogLevel__Default"] = "Warning",
        ["ConnectionStrings__Drift"] = connectionString,
    };
}
