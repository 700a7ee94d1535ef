namespace Drift.Standalone.Loop;

/// <summary>How the demo's trainer trains.</summary>
internal sealed record TrainerOptions
{
    /// <summary>The base model whose adapters it makes.</summary>
    public string BaseModel { get; init; } = ClosedLoop.BaseModel;

    /// <summary>The folder that takes what it makes.</summary>
    public required string Artifacts { get; init; }

    /// <summary>Tickets to train on; a quarter as many more to validate with.</summary>
    public int Samples { get; init; } = 4_000;

    /// <summary>Times that all of them are seen.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Pause after each epoch, so that it can be watched.</summary>
    public TimeSpan EpochPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Jobs after which it trains on the wrong tickets; null: never.</summary>
    public int? SpoilAfter { get; init; }

    /// <summary>The same seed makes the same adapters.</summary>
    public int Seed { get; init; } = 1;
}
