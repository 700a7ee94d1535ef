namespace Drift.Core.Detection;

/// <summary>Whether a verdict could be reached.</summary>
public enum VerdictStatus
{
    /// <summary>The window was compared with the reference.</summary>
    Ok,

    /// <summary>The window (or the reference) has fewer rows than <c>min_rows</c>: no drift is claimed either way.</summary>
    Insufficient,

    /// <summary>There is no reference yet.</summary>
    Learning,
}
