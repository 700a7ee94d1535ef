namespace Drift.Core.Statistics;

/// <summary>How zero counts are treated.</summary>
public enum SmoothingKind
{
    /// <summary>Add one half to every count.</summary>
    Jeffreys,

    /// <summary>Replace zero shares.</summary>
    Epsilon,
}
