using Drift.Core.Plans;

namespace Drift.Core.Settings;

/// <summary>The declared type of one feature.</summary>
public sealed record FeatureSettings
{
    /// <summary>The type; null infers it from the reference.</summary>
    public ColumnType? Type { get; set; }
}
