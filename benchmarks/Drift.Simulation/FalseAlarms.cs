using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Statistics;

namespace Drift.Simulation;

/// <summary>Windows drawn from the reference's own distribution: every alarm is false. Each reference serves a few windows, so rates are over references too.</summary>
public sealed class FalseAlarms
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, ColumnTally> _columns = [];

    /// <summary>Rows of a reference.</summary>
    public const int ReferenceRows = 5_000;

    /// <summary>Rows of a window.</summary>
    public int WindowRows { get; private init; }

    /// <summary>References drawn.</summary>
    public int References { get; private init; }

    /// <summary>Windows evaluated.</summary>
    public int Windows { get; private set; }

    /// <summary>Windows that the defaults call drifted.</summary>
    public int Alarms { get; private set; }

    /// <summary>Windows with any column's q-value below α, thresholds aside.</summary>
    public int Significant { get; private set; }

    /// <summary>Windows with any column's PSI above 0.1: the bare rule.</summary>
    public int BarePsi { get; private set; }

    /// <summary>The same over the numeric columns alone, which the rule was made for.</summary>
    public int BarePsiNumeric { get; private set; }

    /// <summary>By column, in the plan's order.</summary>
    public IReadOnlyDictionary<string, ColumnTally> Columns => _columns;

    /// <summary>Runs the experiment.</summary>
    public static FalseAlarms Run(Table table, int references, int windowsEach, int windowRows, ulong seed, DetectionSettings? settings = null)
    {
        settings ??= DetectionSettings.Default;
        var result = new FalseAlarms { WindowRows = windowRows, References = references };
        var random = new SplitMix(seed);
        for (var i = 0; i < references; i++)
        {
            var reference = table.Reference(ReferenceRows, random);
            foreach (var column in reference.Plan.Columns)
                result._columns.TryAdd(column.Name, new ColumnTally());
            for (var j = 0; j < windowsEach; j++)
                result.Add(DriftEvaluator.Evaluate(reference, table.Window(reference.Plan, windowRows, random), settings, At), settings.Alpha);
        }

        return result;
    }

    private void Add(Verdict verdict, double alpha)
    {
        Windows++;
        Alarms += verdict.DriftDetected ? 1 : 0;
        Significant += verdict.Features.Any(f => f.QValue < alpha) ? 1 : 0;
        BarePsi += verdict.Features.Any(f => f.Psi > 0.1) ? 1 : 0;
        BarePsiNumeric += verdict.Features.Any(f => f.Type == ColumnType.Numeric && f.Psi > 0.1) ? 1 : 0;
        foreach (var feature in verdict.Features)
            _columns[feature.Name].Add(feature, verdict.ReferenceRows, verdict.Rows);
    }
}

/// <summary>What one column did over all windows of an experiment.</summary>
public sealed class ColumnTally
{
    /// <summary>Windows.</summary>
    public int Windows { get; private set; }

    /// <summary>p-value below 0.01.</summary>
    public int Below01 { get; private set; }

    /// <summary>p-value below 0.05.</summary>
    public int Below05 { get; private set; }

    /// <summary>The p-value of PSI·nm/(n+m) over all bins as they are, below 0.01: what the evaluator does not use.</summary>
    public int RawBelow01 { get; private set; }

    /// <summary>The same below 0.05.</summary>
    public int RawBelow05 { get; private set; }

    /// <summary>PSI above 0.1.</summary>
    public int BarePsi { get; private set; }

    /// <summary>Called drifted.</summary>
    public int Drifted { get; private set; }

    /// <summary>Sum of PSI.</summary>
    public double Psi { get; private set; }

    /// <summary>Sum of the PSI expected without drift.</summary>
    public double Noise { get; private set; }

    internal void Add(ColumnVerdict column, long n, long m)
    {
        Windows++;
        Below01 += column.PValue < 0.01 ? 1 : 0;
        Below05 += column.PValue < 0.05 ? 1 : 0;
        Drifted += column.Drifted ? 1 : 0;
        if (column.Psi is not { } psi || column.PsiNoise is not { } noise)
            return;
        BarePsi += psi > 0.1 ? 1 : 0;
        Psi += psi;
        Noise += noise;
        var bins = 1 + (int)Math.Round(noise / ((1.0 / n) + (1.0 / m)));
        var raw = PsiNoise.PValue(psi, bins, n, m);
        RawBelow01 += raw < 0.01 ? 1 : 0;
        RawBelow05 += raw < 0.05 ? 1 : 0;
    }
}
