namespace Drift.Core.Detection;

/// <summary>Where warning, moderate and critical begin, by statistic. A value equal to a threshold has passed it. Immutable.</summary>
public sealed class Thresholds
{
    private static readonly Dictionary<string, double[]> DefaultLevels = new(StringComparer.Ordinal)
    {
        ["psi"] = [0.1, 0.2, 0.3],
        ["kl"] = [0.1, 0.15, 0.2],
        ["js"] = [0.1, 0.2, 0.3],
        ["hellinger"] = [0.1, 0.2, 0.3],
        ["wasserstein"] = [0.1, 0.2, 0.3],
        ["l_infinity"] = [0.1, 0.2, 0.3],
        ["mmd"] = [0.1, 0.2, 0.3],
    };

    private readonly Dictionary<string, double[]> _levels;

    private Thresholds(Dictionary<string, double[]> levels) => _levels = levels;

    /// <summary>The statistics that have thresholds.</summary>
    public static IReadOnlyCollection<string> Names => DefaultLevels.Keys;

    /// <summary>The defaults of the field.</summary>
    public static Thresholds Default { get; } = new(DefaultLevels);

    /// <summary>The defaults with some statistics' levels replaced; each is three ascending numbers.</summary>
    public static Thresholds With(IReadOnlyDictionary<string, IReadOnlyList<double>>? levels)
    {
        if (levels is null || levels.Count == 0)
            return Default;
        var merged = new Dictionary<string, double[]>(DefaultLevels, StringComparer.Ordinal);
        foreach (var (name, values) in levels)
            merged[name] = [.. values];
        return new Thresholds(merged);
    }

    /// <summary>The severity of a value of a statistic.</summary>
    public Severity Of(string statistic, double value)
    {
        var levels = _levels[statistic];
        return value >= levels[2] ? Severity.Critical : value >= levels[1] ? Severity.Moderate : value >= levels[0] ? Severity.Warning : Severity.None;
    }

    /// <summary>The severity of an accuracy in 0..1: below 0.80 warning, below 0.75 moderate, below 0.70 critical.</summary>
    public static Severity OfAccuracy(double accuracy) =>
        accuracy < 0.70 ? Severity.Critical : accuracy < 0.75 ? Severity.Moderate : accuracy < 0.80 ? Severity.Warning : Severity.None;
}
