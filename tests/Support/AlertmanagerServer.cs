using System.Globalization;
using System.Text.Json;

namespace Drift.Support;

/// <summary>A real Prometheus Alertmanager on a free loopback port that tells a webhook of what it gets. It ends with the test process.</summary>
public sealed class AlertmanagerServer : IAsyncDisposable
{
    /// <summary>What to install where there is no Alertmanager.</summary>
    internal const string Missing = "needs Alertmanager: apt-get install prometheus-alertmanager (Debian, Ubuntu) or brew install alertmanager (macOS)";

    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder;
    private readonly HttpClient _http;
    private readonly GuardedProcess _process;

    private AlertmanagerServer(TempDirectory folder, HttpClient http, GuardedProcess process)
    {
        _folder = folder;
        _http = http;
        _process = process;
    }

    /// <summary>Whether Alertmanager is on this machine.</summary>
    public static bool IsAvailable => Program is not null;

    /// <summary>Where it answers.</summary>
    public Uri Address => _http.BaseAddress!;

    private static string? Program => Executables.Find("prometheus-alertmanager") ?? Executables.Find("alertmanager");

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="receiver">The webhook that it tells of alerts, at once, and of their end.</param>
    public static async Task<AlertmanagerServer> StartAsync(Uri receiver)
    {
        var program = Program ?? throw new InvalidOperationException($"This test {Missing}.");
        var folder = new TempDirectory("drift-alertmanager-");
        try
        {
            await File.WriteAllTextAsync(folder["alertmanager.yml"], Configuration(receiver));
            for (var attempt = 1; ; attempt++)
            {
                var port = FreePort.Next();
                var process = await GuardedProcess.StartAsync(
                    [
                        program,
                        $"--config.file={folder["alertmanager.yml"]}",
                        $"--storage.path={folder["data"]}",
                        string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                        "--cluster.listen-address=",
                        "--log.level=warn",
                    ],
                    folder["log"],
                    folder.Path);
                var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
                var ready = false;
                await Eventually.Async(
                    async () =>
                    {
                        if (process.HasExited)
                            return true;

                        using var answer = await http.GetAsync("-/ready");
                        return ready = answer.IsSuccessStatusCode;
                    },
                    StartLimit,
                    "Alertmanager is ready");
                // A stranger on the same port may have answered while our server could not listen.
                if (ready && !process.HasExited)
                    return new AlertmanagerServer(folder, http, process);

                var log = process.LogTail();
                http.Dispose();
                await process.DisposeAsync();
                if (attempt == Attempts)
                    throw new InvalidOperationException($"Alertmanager does not start. The end of its log:\n{log}");
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The alerts that fire now, as its API shows them.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync(CancellationToken cancellationToken = default)
    {
        using var answer = JsonDocument.Parse(await _http.GetStringAsync("api/v2/alerts", cancellationToken));
        return [.. answer.RootElement.EnumerateArray().Select(a => a.Clone())];
    }

    /// <summary>Ends the server and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // JSON is YAML. Groups are told without waiting for more; changes of a group soon after.
    private static string Configuration(Uri receiver) => JsonSerializer.Serialize(new
    {
        route = new { receiver = "test", group_by = new[] { "..." }, group_wait = "10ms", group_interval = "200ms", repeat_interval = "1h" },
        receivers = new[] { new { name = "test", webhook_configs = new[] { new { url = receiver.ToString(), send_resolved = true } } } },
    });
}
