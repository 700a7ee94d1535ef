using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>How the canaries of a base model are judged.</summary>
public sealed record AdapterPolicy
{
    /// <summary>Whether the catalog promotes and rolls back by itself; else it only says what it would do.</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>When a canary is promoted: <see cref="CanaryVerdict.Better"/> or <see cref="CanaryVerdict.NotWorse"/>.</summary>
    public CanaryVerdict PromoteWhen { get; set; } = CanaryVerdict.NotWorse;

    /// <summary>By how much of accuracy a canary may be worse and still count as not worse; above 0, at most 0.5.</summary>
    public double Margin { get; set; } = 0.02;

    /// <summary>A canary is rolled back when it is worse by more than this much of accuracy; 0 to 0.5.</summary>
    public double RollbackMargin { get; set; }

    /// <summary>The share of canaries without a difference that may be decided wrongly, both directions together; 0.0001 to 0.2.</summary>
    public double Alpha { get; set; } = 0.05;

    /// <summary>Rows with labels that both must have before anything is decided; 1 to 10 000 000.</summary>
    public long MinSamples { get; set; } = 100;

    /// <summary>A canary that is undecided for longer is rolled back; 1 minute to 30 days.</summary>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromDays(7);
}
