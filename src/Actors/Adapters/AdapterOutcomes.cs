namespace Drift.Actors.Adapters;

/// <summary>What a monitored model counted of LoRA versions.</summary>
public sealed record AdapterOutcomes
{
    /// <summary>
    /// Names the counts: within one epoch they only grow, because labels come late; a new reference, or a model that was deleted and came
    /// again, begins another from zero.
    /// </summary>
    public string Epoch { get; init; } = "";

    /// <summary>Whether rows are right or wrong, so that accuracies can be compared: the model classifies.</summary>
    public bool Classifies { get; init; }

    /// <summary>The versions that were asked for, in that order.</summary>
    public IReadOnlyList<AdapterOutcome> Versions { get; init; } = [];
}
