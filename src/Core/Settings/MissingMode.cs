namespace Drift.Core.Settings;

/// <summary>How missing values enter the statistics.</summary>
public enum MissingMode
{
    /// <summary>A bin of their own.</summary>
    Bin,

    /// <summary>Left out.</summary>
    Drop,
}
