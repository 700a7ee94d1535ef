using Drift.Core.Detection;

namespace Drift.Actors;

/// <summary>A model in a list.</summary>
public sealed record ModelStatus
{
    /// <summary>The model's name within its tenant.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Rows counted since it was created.</summary>
    public long Rows { get; init; }

    /// <summary>When the last batch arrived.</summary>
    public DateTimeOffset? LastIngest { get; init; }

    /// <summary>When this state was reported; older reports are ignored.</summary>
    public DateTimeOffset ReportedAt { get; init; }

    /// <summary>The drift state after hysteresis: open or not.</summary>
    public bool DriftOpen { get; init; }

    /// <summary>The latest verdict of the model's first window, its columns cut to the worst five.</summary>
    public Verdict? Verdict { get; init; }
}
