using System.Globalization;
using Drift.Support;

namespace Drift.Standalone.Tests.Crash;

/// <summary>The built host as a process of its own on a free loopback port, which can be killed and started again on the same data.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _data;
    private readonly Dictionary<string, string> _environment;
    private GuardedProcess? _process;

    private HostProcess(string data, Dictionary<string, string> environment)
    {
        _data = data;
        _environment = environment;
        Client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>Where the host listens; may change with a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:1/");

    public HttpClient Client { get; }

    /// <summary>The process that runs now.</summary>
    public int ProcessId => _process!.Id;

    public string Log => _process?.LogTail(40) ?? "";

    private string LogFile => Path.Combine(_data, "host.log");

    /// <summary>Starts a host and waits until it is ready.</summary>
    /// <param name="data">Its data directory, which also takes its log.</param>
    /// <param name="environment">Options as <c>Drift__Section__Key</c>.</param>
    /// <param name="postgres">A migrated database; null for SQLite.</param>
    public static async Task<HostProcess> StartAsync(string data, Dictionary<string, string>? environment = null, string? postgres = null)
    {
        var host = new HostProcess(data, Environment(environment, postgres));
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a verb of the host to its end.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string data, string[] arguments, Dictionary<string, string>? environment = null, string? postgres = null)
    {
        var log = Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}.log"));
        await using var process = await GuardedProcess.StartAsync(Command([.. arguments, "--data", data]), log, environment: Environment(environment, postgres));
        using var limit = new CancellationTokenSource(StartLimit);
        var code = await process.WaitForExitAsync(limit.Token);
        return (code, await File.ReadAllTextAsync(log, limit.Token));
    }

    /// <summary>Starts it again on the same data, after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_process is not null)
                await _process.DisposeAsync();
            Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/"));
            _process = await GuardedProcess.StartAsync(
                Command("serve", "--data", _data, "--urls", Address.ToString().TrimEnd('/')), LogFile, environment: _environment);
            var ready = false;
            await Eventually.Async(
                async () =>
                {
                    if (_process.HasExited)
                        return true;
                    using var answer = await Client.GetAsync(new Uri(Address, "health/ready"));
                    return ready = answer.IsSuccessStatusCode;
                },
                StartLimit,
                "the host is ready");
            if (ready && !_process.HasExited)
                return;
            if (attempt == 3)
                throw new InvalidOperationException($"The host does not start. The end of its log:\n{_process.LogTail()}");
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Ends it in order, as a service manager does, and waits.</summary>
    public async Task<int> StopAsync()
    {
        await _process!.SignalAsync("TERM");
        return await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static string[] Command(params string[] arguments) =>
    [
        System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? System.Environment.ProcessPath!,
        Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll"),
        .. arguments,
    ];

    private static Dictionary<string, string> Environment(Dictionary<string, string>? options, string? postgres)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Logging__LogLevel__Default"] = "Warning",
            ["ConnectionStrings__Drift"] = postgres ?? "",
        };
        foreach (var (name, value) in options ?? [])
            environment[name] = value;
        return environment;
    }
}
