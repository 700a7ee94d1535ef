using System.Globalization;
using System.Net;
using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>A silo as a process of its own, which can be killed, paused, stopped and started again.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly TempDirectory _folder = new("drift-silo-");
    private readonly Dictionary<string, string> _environment;
    private GuardedProcess? _process;

    // Asked by clients while another thread starts and ends the process: a flag of our own and not the process.
    private volatile bool _running;

    private SiloProcess(string postgres, string name, Dictionary<string, string>? environment)
    {
        _environment = EnvironmentOf(environment);
        _environment["ConnectionStrings__Drift"] = postgres;
        _environment["Drift__Cluster__SiloName"] = name;
        Client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Where it listens; another port after each start.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:1/");

    public HttpClient Client { get; }

    /// <summary>Whether it was started and has not been seen to end.</summary>
    public bool IsRunning => _running;

    public string Log => _process?.LogTail(60) ?? "";

    public static async Task<SiloProcess> StartAsync(string postgres, string name, Dictionary<string, string>? environment = null)
    {
        var silo = new SiloProcess(postgres, name, environment);
        try
        {
            await silo.StartAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a verb of the silo to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, Dictionary<string, string> environment)
    {
        using var folder = new TempDirectory("drift-silo-");
        await using var process = await GuardedProcess.StartAsync(Command(arguments), folder["log"], environment: EnvironmentOf(environment));
        using var limit = new CancellationTokenSource(StartLimit);
        return (await process.WaitForExitAsync(limit.Token), await File.ReadAllTextAsync(folder["log"], limit.Token));
    }

    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_process is not null)
                await _process.DisposeAsync();
            Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/"));
            _environment["ASPNETCORE_URLS"] = Address.ToString().TrimEnd('/');
            _environment["Drift__Cluster__SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture);
            _process = await GuardedProcess.StartAsync(Command("serve"), _folder["log"], environment: _environment);
            var ready = false;
            await Eventually.Async(async () => _process.HasExited || (ready = await IsReadyAsync()), StartLimit, "the silo is ready");
            if (ready)
            {
                _running = true;
                return;
            }

            if (attempt == 3)
                throw new InvalidOperationException($"The silo does not start. The end of its log:\n{_process.LogTail()}");
        }
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return await StatusAsync("health/ready") == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<HttpStatusCode> StatusAsync(string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);
        using var answer = await Client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync()
    {
        _running = false;
        return _process!.KillAsync();
    }

    public Task SignalAsync(string signal) => _process!.SignalAsync(signal);

    public async Task<int> ExitAsync()
    {
        var code = await _process!.WaitForExitAsync();
        _running = false;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string[] Command(params string[] arguments) =>
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? Environment.ProcessPath!,
        Path.Combine(AppContext.BaseDirectory, "Drift.Silo.dll"),
        .. arguments,
    ];

    private static Dictionary<string, string> EnvironmentOf(Dictionary<string, string>? options)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Logging__LogLevel__Default"] = "Warning",
            ["Drift__Cluster__DrainDelay"] = "00:00:00.5",
            ["ConnectionStrings__Drift"] = "",
            ["POD_IP"] = "",
        };
        foreach (var (name, value) in options ?? [])
            environment[name] = value;
        return environment;
    }
}
