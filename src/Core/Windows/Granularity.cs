namespace Drift.Core.Windows;

/// <summary>Length of a pane.</summary>
public enum Granularity : byte
{
    /// <summary>One minute.</summary>
    Minute = 0,

    /// <summary>One hour.</summary>
    Hour = 1,

    /// <summary>One day, UTC.</summary>
    Day = 2,
}
