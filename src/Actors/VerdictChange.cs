using Drift.Core.Detection;

namespace Drift.Actors;

/// <summary>A change that followed from a verdict.</summary>
public sealed record VerdictChange
{
    /// <summary>Ascending number within the model.</summary>
    public long Number { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary><c>severity</c>, <c>drift_opened</c>, <c>drift_closed</c> or <c>reference</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The window; null for <c>reference</c>.</summary>
    public string? Window { get; init; }

    /// <summary>The severity now.</summary>
    public Severity Severity { get; init; }

    /// <summary>The severity before.</summary>
    public Severity Previous { get; init; }

    /// <summary>The drifted columns, worst first, at most ten.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
}
