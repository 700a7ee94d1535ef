namespace Drift.Actors;

/// <summary>Whether a model monitors.</summary>
public enum ModelState
{
    /// <summary>It collects rows for its reference, or waits for one.</summary>
    Learning,

    /// <summary>It compares.</summary>
    Monitoring,
}
