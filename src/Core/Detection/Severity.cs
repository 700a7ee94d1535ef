namespace Drift.Core.Detection;

/// <summary>How bad a drift is.</summary>
public enum Severity
{
    /// <summary>No drift.</summary>
    None = 0,

    /// <summary>The first threshold is passed.</summary>
    Warning = 1,

    /// <summary>The second threshold is passed.</summary>
    Moderate = 2,

    /// <summary>The third threshold is passed.</summary>
    Critical = 3,
}
