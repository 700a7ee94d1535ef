namespace Drift.Standalone.Loop;

/// <summary>How the closed loop is demonstrated.</summary>
internal sealed record ClosedLoopOptions
{
    /// <summary>The folder where the first adapter is kept; the trainer's own when both run here.</summary>
    public required string Artifacts { get; init; }

    /// <summary>Tickets sent at a time, four times a second.</summary>
    public int RowsPerTick { get; init; } = 100;

    /// <summary>How long a step may take.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The same seed sends the same tickets.</summary>
    public int Seed { get; init; } = 1;
}
