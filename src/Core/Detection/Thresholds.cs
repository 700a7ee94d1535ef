namespace Drift.Core.Detection;

/// <summary>The statistics that have thresholds.</summary>
internal enum Statistic
{
    Psi,
    Kl,
    Js,
    Hellinger,
    Wasserstein,
    LInfinity,
    Mmd,
}

/// <summary>Where warning, moderate and critical begin, by statistic. A value equal to a threshold has passed it. Immutable.</summary>
public sealed class Thresholds
{
    // In the order of Statistic.
    private static readonly string[] StatisticNames = ["psi", "kl", "js", "hellinger", "wasserstein", "l_infinity", "mmd"];

    private static readonly double[][] DefaultLevels =
    [
        [0.1, 0.2, 0.3],
        [0.1, 0.15, 0.2],
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
        [0.1, 0.2, 0.3],
    ];

    private readonly double[][] _levels;

    private Thresholds(double[][] levels) => _levels = levels;

    /// <summary>The statistics that have thresholds.</summary>
    public static IReadOnlyCollection<string> Names => StatisticNames;

    /// <summary>The defaults of the field.</summary>
    public static Thresholds Default { get; } = new(DefaultLevels);

    /// <summary>The defaults with some statistics' levels replaced; each is three ascending numbers.</summary>
    /// <exception cref="ArgumentException">A name is no statistic with thresholds.</exception>
    public static Thresholds With(IReadOnlyDictionary<string, IReadOnlyList<double>>? levels)
    {
        if (levels is null || levels.Count == 0)
            return Default;
        double[][] merged = [.. DefaultLevels];
        foreach (var (name, values) in levels)
            merged[IndexOf(name)] = [.. values];
        return new Thresholds(merged);
    }

    /// <summary>The severity of a value of a statistic.</summary>
    /// <exception cref="ArgumentException">The name is no statistic with thresholds.</exception>
    public Severity Of(string statistic, double value) => Of((Statistic)IndexOf(statistic), value);

    internal static string NameOf(Statistic statistic) => StatisticNames[(int)statistic];

    internal Severity Of(Statistic statistic, double value)
    {
        var levels = _levels[(int)statistic];
        return value < levels[0] ? Severity.None : value >= levels[2] ? Severity.Critical : value >= levels[1] ? Severity.Moderate : Severity.Warning;
    }

    /// <summary>The severity of an accuracy in 0..1: below 0.80 warning, below 0.75 moderate, below 0.70 critical.</summary>
    public static Severity OfAccuracy(double accuracy) =>
        accuracy < 0.70 ? Severity.Critical : accuracy < 0.75 ? Severity.Moderate : accuracy < 0.80 ? Severity.Warning : Severity.None;

    private static int IndexOf(string name) =>
        Array.IndexOf(StatisticNames, name) is var index and >= 0
            ? index
            : throw new ArgumentException($"'{name}' is no statistic with thresholds, use one of {string.Join(", ", StatisticNames)}.", nameof(name));
}
