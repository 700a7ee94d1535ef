namespace Drift.Core.Settings;

/// <summary>What a cell that breaks the schema does.</summary>
public enum ValidationMode
{
    /// <summary>It is counted as a data-quality defect; the rest of its row is used.</summary>
    Lenient,

    /// <summary>The batch is refused.</summary>
    Strict,
}
