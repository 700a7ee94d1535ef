namespace Drift.Core.Statistics;

/// <summary>How a share of zero is kept out of a logarithm.</summary>
public enum SmoothingKind
{
    /// <summary>Add ½ to every count of both sides, then normalise (the Jeffreys prior of a multinomial).</summary>
    Jeffreys,

    /// <summary>Replace a share of exactly zero by a small constant, without normalising again.</summary>
    Epsilon,
}
