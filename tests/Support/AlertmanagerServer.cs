using System.Net.Http.Json;
using System.Text.Json;

namespace Drift.Support;

/// <summary>A real Prometheus Alertmanager on a free loopback port. It ends with the test process.</summary>
public sealed class AlertmanagerServer : IAsyncDisposable
{
    /// <summary>What to install where there is no Alertmanager.</summary>
    internal const string Missing = "needs Alertmanager: apt-get install prometheus-alertmanager (Debian, Ubuntu) or brew install alertmanager (macOS)";

    private readonly HttpServerProcess _server;

    private AlertmanagerServer(HttpServerProcess server) => _server = server;

    /// <summary>Whether Alertmanager is on this machine.</summary>
    public static bool IsAvailable => Program is not null;

    /// <summary>Where it answers.</summary>
    public Uri Address => _server.Http.BaseAddress!;

    private static string? Program => Executables.Find("prometheus-alertmanager") ?? Executables.Find("alertmanager");

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="receiver">The webhook that it tells of alerts, at once, and of their end.</param>
    public static async Task<AlertmanagerServer> StartAsync(Uri receiver)
    {
        var folder = new TempDirectory("drift-alertmanager-");
        var file = folder["alertmanager.yml"];
        await File.WriteAllTextAsync(file, Configuration(receiver));
        return await StartAsync(file, folder);
    }

    /// <summary>Starts a server with a configuration of ours and waits until it is ready.</summary>
    /// <param name="file">The configuration's file.</param>
    public static Task<AlertmanagerServer> StartAsync(string file) => StartAsync(file, new TempDirectory("drift-alertmanager-"));

    /// <summary>The alerts that it has now, as its API shows them, muted ones too.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync(CancellationToken cancellationToken = default)
    {
        using var answer = JsonDocument.Parse(await _server.Http.GetStringAsync("api/v2/alerts", cancellationToken));
        return [.. answer.RootElement.EnumerateArray().Select(a => a.Clone())];
    }

    /// <summary>Tells it of alerts, each by its labels.</summary>
    public async Task FireAsync(IEnumerable<IReadOnlyDictionary<string, string>> alerts, CancellationToken cancellationToken = default)
    {
        using var answer = await _server.Http.PostAsJsonAsync("api/v2/alerts", alerts.Select(labels => new { labels }), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends the server and removes its data.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<AlertmanagerServer> StartAsync(string file, TempDirectory folder)
    {
        if (Program is not { } program)
        {
            folder.Dispose();
            throw new InvalidOperationException($"This test {Missing}.");
        }

        return new AlertmanagerServer(await HttpServerProcess.StartAsync(
            "Alertmanager",
            folder,
            address =>
            [
                program,
                $"--config.file={file}",
                $"--storage.path={folder["data"]}",
                $"--web.listen-address={address}",
                "--cluster.listen-address=",
                "--log.level=warn",
            ]));
    }

    // JSON is YAML. Groups are told without waiting for more; changes of a group soon after.
    private static string Configuration(Uri receiver) => JsonSerializer.Serialize(new
    {
        route = new { receiver = "test", group_by = new[] { "..." }, group_wait = "10ms", group_interval = "200ms", repeat_interval = "1h" },
        receivers = new[] { new { name = "test", webhook_configs = new[] { new { url = receiver.ToString(), send_resolved = true } } } },
    });
}
