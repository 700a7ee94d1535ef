using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>A real Alertmanager with our configuration: who mutes whom.</summary>
public sealed class InhibitionTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder = new("drift-alertmanager-");
    private readonly HttpClient _http = new();
    private GuardedProcess? _process;
    private Uri? _alerts;

    private static string? Program => Executables.Find("prometheus-alertmanager") ?? Executables.Find("alertmanager");

    public async Task InitializeAsync()
    {
        if (Program is null)
            return;
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Next();
            var process = await GuardedProcess.StartAsync(
                [
                    Program,
                    $"--config.file={Path.Combine(Repository.Root, "deploy", "alertmanager", "alertmanager.yml")}",
                    $"--storage.path={_folder["data"]}",
                    string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                    "--cluster.listen-address=",
                ],
                _folder["log"],
                _folder.Path);
            var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            await Eventually.Async(
                async () => process.HasExited || (await _http.GetAsync(new Uri(address, "-/ready"))).IsSuccessStatusCode, Limit, "Alertmanager is ready");
            if (!process.HasExited)
            {
                _process = process;
                _alerts = new Uri(address, "api/v2/alerts");
                return;
            }

            var log = process.LogTail();
            await process.DisposeAsync();
            // Another process may have taken the port.
            if (attempt == 3)
                throw new InvalidOperationException($"Alertmanager does not start:\n{log}");
        }
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    [AlertmanagerInstalledFact]
    public async Task A_dead_ingest_does_not_page_as_drift() => await MutesAsync(
        """{"alertname": "DriftIngestFailing", "area": "monitor", "severity": "critical", "signal": "ingest", "job": "drift"}""",
        muted: ["""{"alertname": "DriftPsiCritical", "area": "model", "severity": "critical", "signal": "psi", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftNodeDown", "area": "monitor", "severity": "critical", "signal": "node", "job": "drift", "instance": "a"}"""]);

    [AlertmanagerInstalledFact]
    public async Task A_silent_model_mutes_its_own_drift_and_no_other() => await MutesAsync(
        """{"alertname": "DriftModelSilent", "area": "model", "severity": "warning", "signal": "silence", "tenant": "t", "model": "m"}""",
        muted: ["""{"alertname": "DriftAccuracyLow", "area": "model", "severity": "warning", "signal": "accuracy", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftAccuracyLow", "area": "model", "severity": "warning", "signal": "accuracy", "tenant": "t", "model": "other", "window": "1h"}"""]);

    [AlertmanagerInstalledFact]
    public async Task Of_one_signal_only_the_worst_level_is_heard() => await MutesAsync(
        """{"alertname": "DriftKlCritical", "area": "model", "severity": "critical", "signal": "kl", "tenant": "t", "model": "m", "window": "1h"}""",
        muted: ["""{"alertname": "DriftKlWarning", "area": "model", "severity": "warning", "signal": "kl", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftPsiWarning", "area": "model", "severity": "warning", "signal": "psi", "tenant": "t", "model": "m", "window": "1h"}"""]);

    private async Task MutesAsync(string source, string[] muted, string[] heard)
    {
        string[] alerts = [source, .. muted, .. heard];
        using var answer = await _http.PostAsJsonAsync(
            _alerts, alerts.Select(a => new { labels = JsonSerializer.Deserialize<Dictionary<string, string>>(a) }));
        answer.EnsureSuccessStatusCode();

        await Eventually.Async(
            async () =>
            {
                var states = (await _http.GetFromJsonAsync<JsonElement>(_alerts)).EnumerateArray()
                    .ToDictionary(a => Key(a.GetProperty("labels")), a => a.GetProperty("status").GetProperty("state").GetString());
                return states.Count == alerts.Length
                    && muted.All(m => states[Key(m)] == "suppressed")
                    && heard.Append(source).All(h => states[Key(h)] == "active");
            },
            Limit,
            "the consequence is muted and the rest is heard");
    }

    private static string Key(string labels) => Key(JsonDocument.Parse(labels).RootElement);

    private static string Key(JsonElement labels) =>
        string.Join(',', labels.EnumerateObject().Select(l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal));

    /// <summary>A fact that needs Alertmanager; skipped, saying what to install, where it is missing.</summary>
    private sealed class AlertmanagerInstalledFactAttribute : FactAttribute
    {
        public AlertmanagerInstalledFactAttribute() =>
            Skip = Program is null ? "needs Alertmanager: apt-get install prometheus-alertmanager (Debian, Ubuntu) or brew install alertmanager (macOS)" : null;
    }
}
