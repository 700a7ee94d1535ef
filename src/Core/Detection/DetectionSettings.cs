using Drift.Core.Settings;
using Drift.Core.Statistics;

namespace Drift.Core.Detection;

/// <summary>How verdicts are reached; the part of <see cref="ModelSettings"/> that detection needs, checked and ready to use.</summary>
public sealed record DetectionSettings
{
    /// <summary>The defaults.</summary>
    public static DetectionSettings Default { get; } = From(new ModelSettings());

    /// <summary>What zero counts become.</summary>
    public Smoothing Smoothing { get; init; }

    /// <summary>Whether missing values are a bin.</summary>
    public MissingMode Missing { get; init; }

    /// <summary>Which coarse bins are used.</summary>
    public BinMode Bins { get; init; }

    /// <summary>Significance level on adjusted p-values, above 0 and below 1.</summary>
    public double Alpha { get; init; }

    /// <summary>Rows below which no drift is claimed.</summary>
    public long MinRows { get; init; }

    /// <summary>Thresholds by statistic.</summary>
    public Thresholds Thresholds { get; init; } = Thresholds.Default;

    /// <summary>The detection part of a model's settings, which must be valid (<see cref="ModelSettings.Validate"/>).</summary>
    public static DetectionSettings From(ModelSettings settings) => new()
    {
        Smoothing = settings.Smoothing == SmoothingKind.Epsilon ? Smoothing.WithEpsilon(settings.Epsilon) : Smoothing.Jeffreys,
        Missing = settings.Missing,
        Bins = settings.Bins,
        Alpha = settings.Alpha,
        MinRows = settings.MinRows,
        Thresholds = Thresholds.With(settings.Thresholds),
    };
}
