using System.Globalization;
using Drift.Support;
using Npgsql;

namespace Drift.Load;

/// <summary>A server under measurement, as a process of its own that ends with this one.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private readonly GuardedProcess _process;
    private readonly TempDirectory _folder;
    private readonly int? _database;

    private MeasuredServer(string name, bool isMonitor, Uri url, GuardedProcess process, TempDirectory folder, int? database)
    {
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

    public static Task<MeasuredServer> StartBaselineAsync(string name, bool walk) =>
        StartAsync(name, false, url => [Assembly("Drift.Load.dll"), walk ? "serve-walk" : "serve-empty", "--urls", url], new TempDirectory("drift-bench-"), []);

    public static Task<MeasuredServer> StartSqliteAsync(string name)
    {
        var folder = new TempDirectory("drift-bench-");
        return StartAsync(name, true, url => Serve(folder, url), folder, HostEnvironment(""));
    }

    public static async Task<MeasuredServer> StartPostgresAsync(string name, PostgresServer postgres)
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        var folder = new TempDirectory("drift-bench-");
        var environment = HostEnvironment(connectionString);
        await using (var migrate = await GuardedProcess.StartAsync([DotNet, Assembly("Drift.Standalone.dll"), "migrate"], folder["log"], environment: environment))
        {
            if (await migrate.WaitForExitAsync() != 0)
                throw new InvalidOperationException($"The database could not be prepared: {migrate.LogTail()}");
        }

        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pg_backend_pid()", connection);
        // A backend is a child of the postmaster, as every process of that server.
        var postmaster = ProcessUsage.Parent((int)(await command.ExecuteScalarAsync())!);
        return await StartAsync(name, true, url => Serve(folder, url), folder, environment, postmaster);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<MeasuredServer> StartAsync(
        string name, bool isMonitor, Func<string, string[]> arguments, TempDirectory folder, Dictionary<string, string> environment, int? database = null)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
        var process = await GuardedProcess.StartAsync([DotNet, .. arguments(url.OriginalString)], folder["log"], environment: environment, stopSignal: "TERM");
        var server = new MeasuredServer(name, isMonitor, url, process, folder, database);
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
