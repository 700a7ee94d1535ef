namespace Drift.Actors;

/// <summary>The answer to labels.</summary>
public sealed record LabelResult
{
    /// <summary>Whether the whole batch was seen before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Labels that met their prediction and count.</summary>
    public int Matched { get; init; }

    /// <summary>Labels whose prediction is not known (yet): kept, they count when it arrives.</summary>
    public int Waiting { get; init; }

    /// <summary>Labels of ids that had one already with the same value; nothing changes.</summary>
    public int Repeated { get; init; }

    /// <summary>Ids that had a label of another value already; the first one stays.</summary>
    public IReadOnlyList<string> Conflicting { get; init; } = [];
}
