using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>How a canary compares with the champion.</summary>
public sealed record CanaryStatus
{
    /// <summary>The version that it is compared with; null while there is no champion.</summary>
    public string? Champion { get; init; }

    /// <summary>When the comparison with that champion began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it was looked at last; null when it never was.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>Rows of the canary with a label.</summary>
    public long Samples { get; init; }

    /// <summary>Those of them that were predicted right.</summary>
    public long Correct { get; init; }

    /// <summary>Rows of the champion with a label.</summary>
    public long ChampionSamples { get; init; }

    /// <summary>Those of them that were predicted right.</summary>
    public long ChampionCorrect { get; init; }

    /// <summary>Accuracy of the canary less that of the champion; null until both have samples.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower bound of the difference, valid at all looks together.</summary>
    public double Lower { get; init; } = -1;

    /// <summary>Upper bound of the difference, likewise.</summary>
    public double Upper { get; init; } = 1;

    /// <summary>What follows under the policy.</summary>
    public CanaryVerdict Verdict { get; init; }

    /// <summary>What it waits for, or why it ended, for a person.</summary>
    public string? Message { get; init; }
}
