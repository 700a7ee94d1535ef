using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Core.Plans;

namespace Drift.Storage;

/// <summary>Enums as the columns of tables name them.</summary>
internal static class Names
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.None => "none",
        Severity.Warning => "warning",
        Severity.Moderate => "moderate",
        Severity.Critical => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    public static Severity ToSeverity(string name) => name switch
    {
        "none" => Severity.None,
        "warning" => Severity.Warning,
        "moderate" => Severity.Moderate,
        "critical" => Severity.Critical,
        _ => throw new InvalidDataException($"'{name}' is no severity."),
    };

    public static string Of(VerdictStatus status) => status switch
    {
        VerdictStatus.Ok => "ok",
        VerdictStatus.Insufficient => "insufficient",
        VerdictStatus.Learning => "learning",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static string Of(AlertState state) => state switch
    {
        AlertState.Open => "open",
        AlertState.Acknowledged => "acknowledged",
        AlertState.Resolved => "resolved",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(OutboxState state) => state switch
    {
        OutboxState.Pending => "pending",
        OutboxState.Delivered => "delivered",
        OutboxState.Dead => "dead",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static OutboxState ToOutboxState(string name) => name switch
    {
        "pending" => OutboxState.Pending,
        "delivered" => OutboxState.Delivered,
        "dead" => OutboxState.Dead,
        _ => throw new InvalidDataException($"'{name}' is no state of an outbox entry."),
    };

    public static string Of(ModelState state) => state switch
    {
        ModelState.Learning => "learning",
        ModelState.Monitoring => "monitoring",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static ModelState ToState(string name) => name switch
    {
        "learning" => ModelState.Learning,
        "monitoring" => ModelState.Monitoring,
        _ => throw new InvalidDataException($"'{name}' is no state of a model."),
    };

    public static string Of(ColumnRole role) => role switch
    {
        ColumnRole.Feature => "feature",
        ColumnRole.Prediction => "prediction",
        ColumnRole.Score => "score",
        ColumnRole.Label => "label",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    public static string Of(ColumnType type) => type switch
    {
        ColumnType.Numeric => "numeric",
        ColumnType.Categorical => "categorical",
        ColumnType.Text => "text",
        ColumnType.Embedding => "embedding",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
