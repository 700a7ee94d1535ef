using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>One step in the life of a LoRA version.</summary>
public sealed record AdapterTransition
{
    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Counts the transitions of the base model's versions from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What led to it; null of the registration.</summary>
    public AdapterCommand? Command { get; init; }

    /// <summary>The state before; null of the registration.</summary>
    public AdapterState? From { get; init; }

    /// <summary>The role before.</summary>
    public AdapterRole? FromRole { get; init; }

    /// <summary>The state after.</summary>
    public AdapterState To { get; init; }

    /// <summary>The role after.</summary>
    public AdapterRole? ToRole { get; init; }

    /// <summary>Who.</summary>
    public string By { get; init; } = "";

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}
