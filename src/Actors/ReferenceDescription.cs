using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>What a model's reference is.</summary>
public sealed record ReferenceDescription
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public ReferenceMode Mode { get; init; }

    /// <summary>Whether it is complete.</summary>
    public ModelState Status { get; init; }

    /// <summary>Version of the plan that it fixed.</summary>
    public int Plan { get; init; }

    /// <summary>Its rows.</summary>
    public long Rows { get; init; }

    /// <summary>Start of a pinned or rolling period.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of a pinned or rolling period.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>When it was fixed.</summary>
    public DateTimeOffset? FixedAt { get; init; }

    /// <summary>Things about it that weaken verdicts: few rows, constant or empty columns.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
