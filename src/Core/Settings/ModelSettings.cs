using Drift.Core.Detection;
using Drift.Core.Statistics;
using Drift.Core.Windows;

namespace Drift.Core.Settings;

/// <summary>
/// What a user may set for one model (<c>PUT /v1/models/{m}</c>); everything has a default, so an unknown model works without.
/// </summary>
/// <remarks>
/// Plain setters, here and below: generated JSON readers set every init-only property, those that are absent to null or zero.
/// Treat it as immutable all the same.
/// </remarks>
public sealed record ModelSettings
{
    /// <summary>What the model does; null infers it from the reference's predictions.</summary>
    public ModelTask? Task { get; set; }

    /// <summary>Name of the positive class of a binary task; null picks "1", "true", "yes" or else the last by name.</summary>
    public string? Positive { get; set; }

    /// <summary>Types of features by name; features that are not named are inferred from the reference. Null infers all.</summary>
    public IReadOnlyDictionary<string, FeatureSettings>? Features { get; set; }

    /// <summary>Where the reference comes from.</summary>
    public ReferenceSettings Reference { get; set; } = new();

    /// <summary>The windows that are evaluated: any of <c>1h</c>, <c>24h</c>, <c>7d</c>, <c>30d</c>; the first one feeds alerts and lists.</summary>
    public IReadOnlyList<string> Windows { get; set; } = ["1h", "24h", "7d"];

    /// <summary>How zero counts are treated by PSI and KL.</summary>
    public SmoothingKind Smoothing { get; set; } = SmoothingKind.Jeffreys;

    /// <summary>The share that replaces zero under <see cref="SmoothingKind.Epsilon"/>, above 0 and at most 0.1.</summary>
    public double Epsilon { get; set; } = 1e-4;

    /// <summary>Whether missing values are a bin of their own or dropped.</summary>
    public MissingMode Missing { get; set; } = MissingMode.Bin;

    /// <summary>How numeric columns are cut into coarse bins.</summary>
    public BinMode Bins { get; set; } = BinMode.Auto;

    /// <summary>Significance level on Benjamini–Hochberg adjusted p-values, above 0 and below 1.</summary>
    public double Alpha { get; set; } = 0.01;

    /// <summary>Rows below which a window's verdict is <c>insufficient</c>, at least 1.</summary>
    public long MinRows { get; set; } = 500;

    /// <summary>Thresholds (warning, moderate, critical) by statistic; statistics not named keep their defaults.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? Thresholds { get; set; }

    /// <summary>Columns whose values slice the rows; at most 8.</summary>
    public IReadOnlyList<string> Segments { get; set; } = [];

    /// <summary>What a cell that breaks the schema does: counted (lenient) or the whole batch refused (strict).</summary>
    public ValidationMode Validation { get; set; } = ValidationMode.Lenient;

    /// <summary>How many evaluations open and close a drift state.</summary>
    public HysteresisSettings Hysteresis { get; set; } = new();

    /// <summary>From when on the model alerts.</summary>
    public AlertSettings Alerts { get; set; } = new();

    /// <summary>When the model asks to be fine-tuned.</summary>
    public TriggerSettings Triggers { get; set; } = new();

    /// <summary>All that is wrong with these settings: field path and what would be right. Empty when nothing is.</summary>
    public IReadOnlyList<SettingsFault> Validate()
    {
        var faults = new List<SettingsFault>();
        void Require(bool right, string field, string message)
        {
            if (!right)
                faults.Add(new SettingsFault(field, message));
        }

        Require(Epsilon is > 0 and <= 0.1, "epsilon", $"is {Epsilon}, must be above 0 and at most 0.1");
        Require(Alpha is > 0 and < 1, "alpha", $"is {Alpha}, must be above 0 and below 1");
        Require(MinRows >= 1, "min_rows", $"is {MinRows}, must be at least 1");
        Require(Positive is null or { Length: > 0 }, "positive", "is empty, must be the name of a class");
        Require(Windows.Count is >= 1 and <= 4 && Windows.Distinct().Count() == Windows.Count, "windows", "must name 1 to 4 different windows");
        foreach (var window in Windows)
            Require(Window.TryParse(window, out _), "windows", $"has '{window}', must be one of {string.Join(", ", Window.All)}");
        Require(Segments.Count <= 8, "segments", $"names {Segments.Count} columns, at most 8 are possible");
        Require(Segments.All(s => !string.IsNullOrEmpty(s)), "segments", "has an empty name");
        Require(Reference.Rows is >= 1 and <= 1_000_000, "reference.rows", $"is {Reference.Rows}, must be 1 to 1000000");
        Require(Reference.Days is >= 1 and <= 30, "reference.days", $"is {Reference.Days}, must be 1 to 30");
        Require(Reference.LagDays is >= 0 and <= 30, "reference.lag_days", $"is {Reference.LagDays}, must be 0 to 30");
        Require(
            Reference.Mode != ReferenceMode.Model || !string.IsNullOrEmpty(Reference.Model),
            "reference.model",
            "is missing, must name the model whose reference is used when reference.mode is 'model'");
        Require(
            Hysteresis.OpenAfter >= 1 && Hysteresis.OpenAfter <= Hysteresis.OpenOf && Hysteresis.OpenOf <= 100,
            "hysteresis.open_after",
            $"is {Hysteresis.OpenAfter} of {Hysteresis.OpenOf}, must be 1 or more and not above open_of, which is at most 100");
        Require(
            Hysteresis.CloseAfter >= 1 && Hysteresis.CloseAfter <= Hysteresis.CloseOf && Hysteresis.CloseOf <= 100,
            "hysteresis.close_after",
            $"is {Hysteresis.CloseAfter} of {Hysteresis.CloseOf}, must be 1 or more and not above close_of, which is at most 100");
        Require(Alerts.MinSeverity != Severity.None, "alerts.min_severity", "is 'none', must be one of warning, moderate, critical; POST /v1/silences to hear nothing");
        faults.AddRange(Triggers.Validate());
        foreach (var (name, levels) in Thresholds ?? new Dictionary<string, IReadOnlyList<double>>())
        {
            Require(
                Detection.Thresholds.Names.Contains(name),
                $"thresholds.{name}",
                $"is no statistic with thresholds, must be one of {string.Join(", ", Detection.Thresholds.Names)}");
            Require(
                levels.Count == 3 && levels.All(double.IsFinite) && levels[0] > 0 && levels[0] <= levels[1] && levels[1] <= levels[2],
                $"thresholds.{name}",
                "must be three ascending numbers above 0: warning, moderate, critical");
        }

        return faults;
    }
}
