using System.Globalization;
using System.Net.Http.Headers;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>The executable as users start it, in a folder of its own.</summary>
internal sealed class DriftProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly GuardedProcess _process;
    private readonly TempDirectory _folder;
    private readonly HttpClient _http = new();

    private DriftProcess(GuardedProcess process, TempDirectory folder, int port)
    {
        _process = process;
        _folder = folder;
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Runs a command to its end; gives its exit code and all it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var folder = new TempDirectory("drift-exe-");
        await using var process = await StartAsync(folder, environment, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var exitCode = await process.WaitForExitAsync(limit.Token);
        return (exitCode, process.LogTail(100));
    }

    /// <summary>Serves on a free port and waits until it is ready.</summary>
    public static async Task<DriftProcess> ServeAsync(IReadOnlyDictionary<string, string>? environment, string host = "127.0.0.1")
    {
        var folder = new TempDirectory("drift-exe-");
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Next();
            var process = await StartAsync(
                folder, environment, ["serve", "--urls", string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}"), "--data", folder["data"]]);
            var server = new DriftProcess(process, folder, port);
            await Eventually.Async(
                async () => process.HasExited || (await server._http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode,
                Limit,
                "the host is ready");
            if (!process.HasExited)
                return server;
            // Another process may have taken the port meanwhile.
            if (attempt == 3)
                throw new InvalidOperationException($"The host does not start:\n{process.LogTail()}");
        }
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Answer.OfAsync(await _http.SendAsync(request));
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public string Url => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public string Log => _process.LogTail(50);

    /// <summary>Kills it (<c>SIGKILL</c>).</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static Task<GuardedProcess> StartAsync(TempDirectory folder, IReadOnlyDictionary<string, string>? environment, string[] arguments)
    {
        var dotnet = Executables.Find("dotnet") ?? Environment.ProcessPath!;
        return GuardedProcess.StartAsync(
            [dotnet, Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll"), .. arguments],
            folder["log"],
            folder.Path,
            (environment ?? new Dictionary<string, string>()).Append(new("DOTNET_gcServer", "0")),
            stopSignal: "TERM");
    }
}
