namespace Drift.Core.Settings;

/// <summary>What a model does.</summary>
public enum ModelTask
{
    /// <summary>It only has features.</summary>
    None,

    /// <summary>Two classes.</summary>
    Binary,

    /// <summary>More than two classes.</summary>
    Multiclass,

    /// <summary>A number.</summary>
    Regression,
}
