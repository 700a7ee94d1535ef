namespace Drift.Actors.Ports;

/// <summary>A message to something outside that is sent until it is taken: at least once, with an id by which it counts once.</summary>
public sealed record OutboxEntry
{
    /// <summary>The idempotency id, unique over all tenants; sent with the message. An entry with an id that is there already is not added again.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant that it is about.</summary>
    public required string Tenant { get; init; }

    /// <summary>What it is; <c>alert</c> for alerts. A label of metrics: of a few fixed words.</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the destination. Its address and its secrets are configuration and never stored.</summary>
    public required string Destination { get; init; }

    /// <summary>The id of what it speaks of, for lists.</summary>
    public string? Subject { get; init; }

    /// <summary>The body to send.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Headers to send with it, besides those of the destination; never secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>When it came to be.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public OutboxState State { get; init; }

    /// <summary>Attempts begun so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was queued last: when it came to be, or was redelivered. Giving up counts from here.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When the next attempt is due; while one is under way, when it is taken for lost.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Why the latest attempt failed.</summary>
    public string? LastError { get; init; }
}
