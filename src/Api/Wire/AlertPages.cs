using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;

namespace Drift.Api.Wire;

/// <summary>A tenant's alerts, the latest opened first.</summary>
internal sealed record AlertPage(string Tenant, int Count, IReadOnlyList<Alert> Alerts);

/// <summary>A tenant's silences that are not over, the first to end first.</summary>
internal sealed record SilencePage(string Tenant, int Count, IReadOnlyList<Silence> Silences);

/// <summary>A tenant's messages to the outside, the latest first.</summary>
internal sealed record OutboxPage(string Tenant, int Count, IReadOnlyList<OutboxItem> Messages);

/// <summary>A message to the outside.</summary>
internal sealed record OutboxItem
{
    /// <summary>Its id; the receiver gets it as <c>webhook-id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of its destination.</summary>
    public required string Destination { get; init; }

    /// <summary>The id of what it speaks of.</summary>
    public string? Subject { get; init; }

    /// <summary>Where it stands.</summary>
    public OutboxState State { get; init; }

    /// <summary>Attempts begun so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When it came to be.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due; only while it is pending.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Why the latest attempt failed.</summary>
    public string? LastError { get; init; }

    /// <summary>The body that is sent; only of a single message.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>Somebody looks after an alert.</summary>
internal sealed record AcknowledgeRequest
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>What they say about it.</summary>
    public string? Note { get; init; }
}

/// <summary>Alerts that are to be told to nobody for a while.</summary>
internal sealed record SilenceRequest
{
    /// <summary>The model; all without.</summary>
    public string? Model { get; init; }

    /// <summary>The kind of alert; all without.</summary>
    public string? Kind { get; init; }

    /// <summary>Only alerts about this column alone.</summary>
    public string? Feature { get; init; }

    /// <summary>Only up to this severity.</summary>
    public Severity? MaxSeverity { get; init; }

    /// <summary>From when on; now without.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Who silences.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}
