namespace Drift.Core.Plans;

/// <summary>What a column is to its model.</summary>
public enum ColumnRole : byte
{
    /// <summary>An input.</summary>
    Feature = 0,

    /// <summary>The output.</summary>
    Prediction = 1,

    /// <summary>A score beside the output.</summary>
    Score = 2,

    /// <summary>Ground truth.</summary>
    Label = 3,
}
