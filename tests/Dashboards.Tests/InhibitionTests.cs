using System.Text.Json;
using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>A real Alertmanager with our configuration: who mutes whom.</summary>
public sealed class InhibitionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [AlertmanagerFact]
    public async Task A_dead_ingest_does_not_page_as_drift() => await MutesAsync(
        """{"alertname": "DriftIngestFailing", "area": "monitor", "severity": "critical", "signal": "ingest", "job": "drift"}""",
        muted: ["""{"alertname": "DriftPsiCritical", "area": "model", "severity": "critical", "signal": "psi", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftNodeDown", "area": "monitor", "severity": "critical", "signal": "node", "job": "drift", "instance": "a"}"""]);

    [AlertmanagerFact]
    public async Task A_silent_model_mutes_its_own_drift_and_no_other() => await MutesAsync(
        """{"alertname": "DriftModelSilent", "area": "model", "severity": "warning", "signal": "silence", "tenant": "t", "model": "m"}""",
        muted: ["""{"alertname": "DriftAccuracyLow", "area": "model", "severity": "warning", "signal": "accuracy", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftAccuracyLow", "area": "model", "severity": "warning", "signal": "accuracy", "tenant": "t", "model": "other", "window": "1h"}"""]);

    [AlertmanagerFact]
    public async Task Of_one_signal_only_the_worst_level_is_heard() => await MutesAsync(
        """{"alertname": "DriftKlCritical", "area": "model", "severity": "critical", "signal": "kl", "tenant": "t", "model": "m", "window": "1h"}""",
        muted: ["""{"alertname": "DriftKlWarning", "area": "model", "severity": "warning", "signal": "kl", "tenant": "t", "model": "m", "window": "1h"}"""],
        heard: ["""{"alertname": "DriftPsiWarning", "area": "model", "severity": "warning", "signal": "psi", "tenant": "t", "model": "m", "window": "1h"}"""]);

    private static async Task MutesAsync(string source, string[] muted, string[] heard)
    {
        await using var alertmanager = await AlertmanagerServer.StartAsync(Path.Combine(Repository.Root, "deploy", "alertmanager", "alertmanager.yml"));
        string[] alerts = [source, .. muted, .. heard];
        await alertmanager.FireAsync(alerts.Select(a => JsonSerializer.Deserialize<Dictionary<string, string>>(a)!));

        await Eventually.Async(
            async () =>
            {
                var states = (await alertmanager.AlertsAsync())
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
}
