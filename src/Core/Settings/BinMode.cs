namespace Drift.Core.Settings;

/// <summary>How numeric columns are cut into coarse bins.</summary>
public enum BinMode
{
    /// <summary>A bin per value up to 20 distinct reference values; else deciles, re-cut from percentiles where ties made deciles coincide.</summary>
    Auto,

    /// <summary>Always the reference's deciles, duplicates dropped.</summary>
    Quantile,
}
