using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Actors.Alerts;
using Drift.Core.Detection;

namespace Drift.Delivery.Alerts;

/// <summary>What is sent to each kind of destination.</summary>
internal static class AlertMessages
{
    private static readonly string[] Severities = ["warning", "moderate", "critical"];

    /// <summary>An alert as JSON with the word for what happened to it.</summary>
    public static byte[] Webhook(Alert alert, AlertEvent change, Uri? link) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookMessage(
            change switch
            {
                AlertEvent.Opened => "alert.opened",
                AlertEvent.Changed => "alert.changed",
                _ => "alert.resolved",
            },
            alert.UpdatedAt.UtcDateTime,
            new AlertData(
                alert.Id,
                alert.Tenant,
                alert.Kind,
                alert.Model,
                alert.Window,
                alert.ResolvedAt is null ? "open" : "resolved",
                Word(alert.Severity),
                alert.Summary,
                alert.Columns,
                alert.Values,
                alert.Sequence,
                alert.OpenedAt.UtcDateTime,
                alert.ResolvedAt?.UtcDateTime,
                alert.Resolution,
                link?.ToString())),
        AlertJson.Output.WebhookMessage);

    /// <summary>A message for a person in a chat.</summary>
    public static byte[] Slack(Alert alert, Uri? link)
    {
        var fields = new List<SlackField> { new("Severity", Word(alert.Severity), true) };
        if (alert.Model is not null)
            fields.Add(new("Model", Escape($"{alert.Tenant}/{alert.Model}"), true));
        if (alert.Columns.Count > 0)
            fields.Add(new("Columns", Escape(string.Join(", ", alert.Columns)), false));
        var resolved = alert.ResolvedAt is not null;
        var title = resolved ? $"Resolved: {alert.Summary}" : alert.Summary;
        return JsonSerializer.SerializeToUtf8Bytes(
            new SlackMessage(
                Escape(title),
                [
                    new SlackAttachment(
                        resolved ? "#2eb67d" : alert.Severity switch { Severity.Critical => "#d50200", Severity.Moderate => "#f2952f", _ => "#ecb22e" },
                        link is null ? null : "Open the alert",
                        link?.ToString(),
                        alert.Resolution is null ? null : Escape(alert.Resolution),
                        fields,
                        alert.UpdatedAt.ToUnixTimeSeconds()),
                ]),
            AlertJson.Output.SlackMessage);
    }

    /// <summary>
    /// Alerts for <c>POST /api/v2/alerts</c>: those that are open until <paramref name="until"/> if nobody says so again, those that are
    /// resolved with their end. The severity is a label, so an alert that changed it is another one to Alertmanager: under the others it is over.
    /// </summary>
    public static byte[] Alertmanager(IEnumerable<Alert> alerts, DateTimeOffset now, DateTimeOffset until, Func<Alert, Uri?> link)
    {
        var posted = new List<PostableAlert>();
        foreach (var alert in alerts)
        {
            posted.Add(Of(alert, Word(alert.Severity), alert.ResolvedAt ?? until));
            if (alert.Sequence > 1)
                posted.AddRange(Severities.Where(s => s != Word(alert.Severity)).Select(s => Of(alert, s, alert.ResolvedAt ?? now)));
        }

        return JsonSerializer.SerializeToUtf8Bytes(posted, AlertJson.Output.ListPostableAlert);

        PostableAlert Of(Alert alert, string severity, DateTimeOffset end)
        {
            var labels = new Dictionary<string, string>
            {
                ["alertname"] = alert.Kind switch { AlertKind.Drift => "ModelDrift", AlertKind.Accuracy => "ModelAccuracyLow", AlertKind.Training => "TrainingRunInTrouble", _ => alert.Kind },
                ["kind"] = alert.Kind,
                ["severity"] = severity,
                ["tenant"] = alert.Tenant,
            };
            if (alert.Model is not null)
                labels["model"] = alert.Model;
            var annotations = new Dictionary<string, string> { ["summary"] = alert.Summary, ["alert_id"] = alert.Id };
            if (alert.Columns.Count > 0)
                annotations["columns"] = string.Join(", ", alert.Columns);
            // An alert that opened and was over within one moment would be refused: its end must not be before its start.
            return new PostableAlert(labels, annotations, alert.OpenedAt.UtcDateTime, (end > alert.OpenedAt ? end : alert.OpenedAt.AddMilliseconds(1)).UtcDateTime, link(alert)?.ToString());
        }
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Moderate => "moderate",
        Severity.Warning => "warning",
        _ => "none",
    };

    // What Slack reads as markup.
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

internal sealed record WebhookMessage(string Type, DateTime Timestamp, AlertData Data);

internal sealed record AlertData(
    string Id,
    string Tenant,
    string Kind,
    string? Model,
    string? Window,
    string State,
    string Severity,
    string Summary,
    IReadOnlyList<string> Columns,
    IReadOnlyDictionary<string, double> Values,
    int Sequence,
    DateTime OpenedAt,
    DateTime? ResolvedAt,
    string? Resolution,
    string? Url);

internal sealed record SlackMessage(string Text, IReadOnlyList<SlackAttachment> Attachments);

internal sealed record SlackAttachment(string Color, string? Title, string? TitleLink, string? Text, IReadOnlyList<SlackField> Fields, long Ts);

internal sealed record SlackField(string Title, string Value, bool Short);

internal sealed record PostableAlert(
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    [property: JsonPropertyName("startsAt")] DateTime StartsAt,
    [property: JsonPropertyName("endsAt")] DateTime EndsAt,
    [property: JsonPropertyName("generatorURL")] string? GeneratorUrl);

/// <summary>What an outbox entry to Alertmanager holds: whose state is sent as it is then.</summary>
internal sealed record AlertmanagerEntry(string Tenant, string Id);

[JsonSerializable(typeof(WebhookMessage))]
[JsonSerializable(typeof(SlackMessage))]
[JsonSerializable(typeof(List<PostableAlert>))]
[JsonSerializable(typeof(AlertmanagerEntry))]
internal sealed partial class AlertJson : JsonSerializerContext
{
    /// <summary>Text as people read it: what is sent is never part of a page.</summary>
    public static AlertJson Output { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
