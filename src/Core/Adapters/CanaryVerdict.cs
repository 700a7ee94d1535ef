namespace Drift.Core.Adapters;

/// <summary>What the comparison of a canary with the champion says so far.</summary>
public enum CanaryVerdict
{
    /// <summary>Nothing yet.</summary>
    Undecided,

    /// <summary>The canary is better.</summary>
    Better,

    /// <summary>The canary is not worse than the champion by the margin or more.</summary>
    NotWorse,

    /// <summary>The canary is worse.</summary>
    Worse,
}
