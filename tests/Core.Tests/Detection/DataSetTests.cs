using Drift.Core.Detection;
using Drift.Core.Settings;
using Drift.Core.Statistics;
using Drift.Core.Tests.Statistics;
using Drift.Support;

namespace Drift.Core.Tests.Detection;

/// <summary>Verdicts on the shared data sets: what drifted must be the numbers that other tools agree on, what did not must stay quiet.</summary>
public sealed class DataSetTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private static readonly ModelSettings Textbook = new()
    {
        Smoothing = SmoothingKind.Epsilon,
        Epsilon = 1e-4,
        Missing = MissingMode.Drop,
        Bins = BinMode.Quantile,
        MinRows = 100,
    };

    [DataFact]
    public void Adult_has_no_drift_as_a_whole_and_in_twenty_windows()
    {
        var data = new DataSet("adult");
        var reference = data.Reference(new ModelSettings());
        var (from, to) = data.CurrentRows;

        Quiet(DriftEvaluator.Evaluate(reference, data.Window(reference.Plan, from, to), DetectionSettings.Default, At));
        for (var i = 0; i < 20; i++)
        {
            var window = data.Window(reference.Plan, from + (i * (to - from) / 20), from + ((i + 1) * (to - from) / 20));
            Assert.InRange(window.Rows, 610, 611);
            Quiet(DriftEvaluator.Evaluate(reference, window, DetectionSettings.Default, At));
        }

        static void Quiet(Verdict verdict)
        {
            Assert.Equal(VerdictStatus.Ok, verdict.Status);
            Assert.Empty(verdict.Features.Where(f => f.Drifted).Select(f => $"{f.Name}: PSI {f.Psi}, p {f.PValue}"));
            Assert.False(verdict.DriftDetected);
        }
    }

    [DataFact]
    public void Bike_hour_has_drift_and_temperature_is_among_the_culprits()
    {
        var data = new DataSet("bike_hour");
        var reference = data.Reference(new ModelSettings());
        var verdict = DriftEvaluator.Evaluate(reference, data.Window(reference.Plan, data.CurrentRows.From, data.CurrentRows.To), DetectionSettings.Default, At);

        Assert.True(verdict.DriftDetected);
        Assert.Contains(verdict.Features, f => f.Name == "temp" && f.Drifted);
    }

    [DataTheory]
    [InlineData("bike_hour")]
    [InlineData("titanic")]
    [InlineData("adult")]
    public void Statistics_equal_the_textbook_values(string name)
    {
        var data = new DataSet(name);
        var expected = ExpectedFile.Of(name);
        var reference = data.Reference(Textbook with { Features = data.CategoricalAsDeclared });
        var current = data.Window(reference.Plan, data.CurrentRows.From, data.CurrentRows.To);
        var verdict = DriftEvaluator.Evaluate(reference, current, DetectionSettings.From(Textbook), At);
        var byName = verdict.Features.ToDictionary(f => f.Name);

        foreach (var column in expected.NumericColumns.Where(byName.ContainsKey))
        {
            var plain = expected.Numeric(column).GetProperty("plain");
            var deciles = plain.GetProperty("quantile10");
            Same(byName[column], property => deciles.GetProperty(property).GetDouble());
            Near.Absolute(plain.GetProperty("ks_statistic").GetDouble(), byName[column].Ks!.Value, 0.01);
            Near.Relative(plain.GetProperty("wasserstein_norm_std_ref_ddof0").GetDouble(), byName[column].Wasserstein!.Value, 0.02);
        }

        foreach (var column in expected.CategoricalColumns)
        {
            var feature = byName[column];
            if (expected.At($"categorical/{column}/quality/unseen_rows_cur").GetInt64() == 0)
            {
                var plain = expected.At($"categorical/{column}/plain");
                Same(feature, property => plain.GetProperty(property).GetDouble());
                Near.Relative(plain.GetProperty("chi2_statistic_no_yates").GetDouble(), feature.Chi2!.Value, 1e-9);
                Near.Relative(plain.GetProperty("chi2_pvalue_no_yates").GetDouble(), feature.Chi2P!.Value, 1e-9);
                continue;
            }

            // The files give each unseen category a bin of its own; here they are one.
            var (left, right) = WithOneUnseenBin(data, column);
            Near.Relative(Psi.Compute(left, right, Smoothing.WithEpsilon(1e-4)), feature.Psi!.Value, 1e-9);
            Near.Relative(KullbackLeibler.Compute(left, right, Smoothing.WithEpsilon(1e-4)), feature.Kl!.Value, 1e-9);
            Near.Relative(JensenShannon.Distance(left, right), feature.Js!.Value, 1e-9);
            Near.Relative(Hellinger.Distance(left, right), feature.Hellinger!.Value, 1e-9);
            Near.Relative(LInfinity.Distance(left, right), feature.LInfinity!.Value, 1e-9);
            Near.Relative(ChiSquare.Contingency(left, right, 0).Statistic, feature.Chi2!.Value, 1e-9);
            Assert.True(feature.Unseen > 0);
        }
    }

    private static void Same(ColumnVerdict feature, Func<string, double> expected)
    {
        Near.Relative(expected("psi_eps0.0001"), feature.Psi!.Value, 1e-9, 1e-6);
        Near.Relative(expected("kl_ref_cur_eps0.0001"), feature.Kl!.Value, 1e-9, 1e-6);
        Near.Relative(expected("js_distance_base2"), feature.Js!.Value, 1e-9, 1e-6);
        Near.Relative(expected("hellinger"), feature.Hellinger!.Value, 1e-9, 1e-6);
        Near.Relative(expected("l_infinity"), feature.LInfinity!.Value, 1e-9, 1e-6);
    }

    private static (long[] Reference, long[] Current) WithOneUnseenBin(DataSet data, string column)
    {
        var reference = data.Categories(column, data.ReferenceRows).CountBy(c => c).ToDictionary(c => c.Key, c => (long)c.Value);
        var current = data.Categories(column, data.CurrentRows).CountBy(c => c).ToDictionary(c => c.Key, c => (long)c.Value);
        var unseen = current.Where(c => !reference.ContainsKey(c.Key)).Sum(c => c.Value);
        return ([.. reference.Values, 0], [.. reference.Keys.Select(c => current.GetValueOrDefault(c)), unseen]);
    }
}
