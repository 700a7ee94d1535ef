namespace Drift.Core.Settings;

/// <summary>How many of the latest evaluations must agree before a drift state opens or closes.</summary>
public sealed record HysteresisSettings
{
    /// <summary>Drifted evaluations that open.</summary>
    public int OpenAfter { get; set; } = 2;

    /// <summary>Among this many.</summary>
    public int OpenOf { get; set; } = 3;

    /// <summary>Quiet evaluations that close.</summary>
    public int CloseAfter { get; set; } = 3;

    /// <summary>Among this many.</summary>
    public int CloseOf { get; set; } = 3;
}
