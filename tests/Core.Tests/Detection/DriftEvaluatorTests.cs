using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Settings;
using Drift.Core.Statistics;
using Drift.Core.Tests.Statistics;
using static Drift.Core.Tests.Detection.Rows;

namespace Drift.Core.Tests.Detection;

public sealed class DriftEvaluatorTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(500, 500, VerdictStatus.Ok)]
    [InlineData(499, 500, VerdictStatus.Insufficient)]
    [InlineData(500, 499, VerdictStatus.Insufficient)]
    [InlineData(500, 1, VerdictStatus.Insufficient)]
    public void Below_min_rows_on_either_side_nothing_is_claimed(int referenceRows, int currentRows, VerdictStatus status)
    {
        var verdict = Evaluate(Of(("x", Ramp(referenceRows))), Of(("x", Ramp(currentRows, from: 5_000))));

        Assert.Equal(status, verdict.Status);
        Assert.Equal(status == VerdictStatus.Ok, verdict.DriftDetected);
        Assert.Equal(status == VerdictStatus.Ok ? Severity.Critical : Severity.None, verdict.Severity);
        // The statistics are there all the same.
        Assert.True(verdict.Features[0].Psi > 0.1, $"PSI {verdict.Features[0].Psi}");
        Assert.NotNull(verdict.Features[0].Severities);
    }

    public static TheoryData<string, object?[], object?[]> Extremes() => new()
    {
        { "empty window", Ramp(600), [] },
        { "one row", Ramp(600), Ramp(1) },
        { "one row on both sides", Ramp(1), Ramp(1) },
        { "constant, the same", Repeat((7, 600)), Repeat((7, 600)) },
        { "constant, another", Repeat((7, 600)), Repeat((8, 600)) },
        { "constant 0, then spread", Repeat((0, 600)), Ramp(600, -300) },
        { "spread, then constant", Ramp(600), Repeat((3, 600)) },
        { "all missing in the window", Ramp(600), Repeat((null, 600)) },
        { "all missing in the reference", Repeat((null, 600)), Ramp(600) },
        { "all missing", Repeat((null, 600)), Repeat((null, 600)) },
        { "not finite", Ramp(600), Repeat((double.NaN, 300), (double.PositiveInfinity, 300)) },
        { "another type", Ramp(600), Repeat(("text", 600)) },
        { "enormous", Ramp(600, -1e308, 3e305), Ramp(600, -1.7e308, 5e305) },
        { "tiny", Ramp(600, 0, double.Epsilon), Ramp(600, 1e-300, 1e-305) },
        { "tiny, then enormous", Ramp(600, 0, 1e-300), Ramp(600, 1e300, 1e300) },
        { "categories, the same", Repeat(("a", 300), ("b", 300)), Repeat(("a", 300), ("b", 300)) },
        { "categories, disjoint", Repeat(("a", 300), ("b", 300)), Repeat(("c", 300), ("d", 300)) },
        { "categories, one row", Repeat(("a", 300), ("b", 300)), Repeat(("c", 1)) },
        { "categories, all missing", Repeat(("a", 300), ("b", 300)), Repeat((null, 600)) },
        { "vectors, constant", Repeat((new float[] { 1, 2 }, 600)), Repeat((new float[] { 1, 2 }, 600)) },
        { "vectors, another constant", Repeat((new float[] { 1, 2 }, 600)), Repeat((new float[] { 9, 2 }, 600)) },
        { "vectors, zero", Repeat((new float[2], 600)), Repeat((new float[2], 600)) },
        { "vectors, one", Repeat((new float[] { 1, 2 }, 1)), Repeat((new float[] { 1, 2 }, 1)) },
        { "vectors of another length", Repeat((new float[] { 1, 2 }, 600)), Repeat((new float[] { 1 }, 600)) },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void No_number_is_ever_undefined(string name, object?[] before, object?[] after)
    {
        foreach (var smoothing in (SmoothingKind[])[SmoothingKind.Jeffreys, SmoothingKind.Epsilon])
        {
            foreach (var missing in (MissingMode[])[MissingMode.Bin, MissingMode.Drop])
            {
                foreach (var bins in (BinMode[])[BinMode.Auto, BinMode.Quantile])
                {
                    var settings = new ModelSettings { Smoothing = smoothing, Missing = missing, Bins = bins, MinRows = 1 };
                    var verdict = Evaluate(Of(("x", before)), Of(("x", after)), settings);
                    AssertFinite(verdict, name);
                    foreach (var feature in verdict.Features)
                    {
                        AssertFinite(feature, $"{name}: {feature.Name}");
                        Assert.All((double?[])[feature.PValue, feature.QValue, feature.KsP, feature.Chi2P, feature.Js, feature.Hellinger, feature.Ks,
                            feature.LInfinity, feature.Share, feature.Missing, feature.Unseen, feature.OutOfRange], v => Assert.True(v is null or (>= 0 and <= 1), name));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("constant, another", true)]
    [InlineData("categories, disjoint", true)]
    [InlineData("all missing in the window", true)]
    [InlineData("all missing in the reference", true)]
    [InlineData("another type", true)]
    [InlineData("vectors, another constant", true)]
    [InlineData("constant, the same", false)]
    [InlineData("all missing", false)]
    [InlineData("categories, the same", false)]
    [InlineData("vectors, constant", false)]
    [InlineData("vectors, zero", false)]
    public void Extremes_drift_when_something_changed(string name, bool drifted)
    {
        var (_, before, after) = Extremes().Select(r => ((string)r[0]!, (object?[])r[1]!, (object?[])r[2]!)).Single(r => r.Item1 == name);
        var features = new Dictionary<string, FeatureSettings> { ["x"] = new() };
        if (name == "all missing in the reference")
            features["x"] = new FeatureSettings { Type = ColumnType.Numeric };

        Assert.Equal(drifted, Evaluate(Of(("x", before)), Of(("x", after)), new ModelSettings { Features = features }).DriftDetected);
    }

    [Theory]
    [InlineData("psi", 0.0999, Severity.None)]
    [InlineData("psi", 0.1, Severity.Warning)]
    [InlineData("psi", 0.2, Severity.Moderate)]
    [InlineData("psi", 0.3, Severity.Critical)]
    [InlineData("kl", 0.1, Severity.Warning)]
    [InlineData("kl", 0.15, Severity.Moderate)]
    [InlineData("kl", 0.2, Severity.Critical)]
    [InlineData("js", 0.2, Severity.Moderate)]
    [InlineData("hellinger", 0.3, Severity.Critical)]
    [InlineData("wasserstein", 0.1, Severity.Warning)]
    [InlineData("l_infinity", 0.2, Severity.Moderate)]
    [InlineData("mmd", 0.3, Severity.Critical)]
    public void A_value_at_a_threshold_has_passed_it(string statistic, double value, Severity severity) =>
        Assert.Equal(severity, Thresholds.Default.Of(statistic, value));

    [Fact]
    public void Thresholds_that_are_not_named_keep_their_defaults()
    {
        var thresholds = Thresholds.With(new Dictionary<string, IReadOnlyList<double>> { ["psi"] = [1, 2, 3] });

        Assert.Equal(Severity.None, thresholds.Of("psi", 0.9));
        Assert.Equal(Severity.Critical, thresholds.Of("psi", 3));
        Assert.Equal(Severity.Warning, thresholds.Of("kl", 0.1));
        Assert.Throws<ArgumentException>(() => Thresholds.With(new Dictionary<string, IReadOnlyList<double>> { ["ks"] = [1, 2, 3] }));
    }

    [Fact]
    public void Each_statistic_alone_makes_a_column_drift_at_the_severity_that_it_passes()
    {
        var before = Of(("x", Ramp(1000)));
        var after = Of(("x", Ramp(1000, from: 120)));
        var all = Evaluate(before, after).Features[0];
        var values = new Dictionary<string, double>
        {
            ["psi"] = all.Psi!.Value, ["kl"] = all.Kl!.Value, ["js"] = all.Js!.Value, ["hellinger"] = all.Hellinger!.Value,
            ["wasserstein"] = all.Wasserstein!.Value, ["l_infinity"] = all.LInfinity!.Value,
        };
        foreach (var (statistic, value) in values)
        {
            foreach (var (levels, severity) in ((double[], Severity)[])[([value, 1e9, 1e9], Severity.Warning), ([0.1 * value, value, 1e9], Severity.Moderate),
                ([0.1 * value, 0.2 * value, value], Severity.Critical), ([1e9, 1e9, 1e9], Severity.None)])
            {
                var thresholds = values.Keys.ToDictionary(k => k, k => (IReadOnlyList<double>)(k == statistic ? levels : [1e9, 1e9, 1e9]));
                var verdict = Evaluate(before, after, new ModelSettings { Thresholds = thresholds });

                Assert.Equal(severity, verdict.Severity);
                Assert.Equal(severity > Severity.None, verdict.DriftDetected);
                if (severity > Severity.None)
                    Assert.Equal([statistic], verdict.Features[0].Severities!.Keys);
                else
                    Assert.Null(verdict.Features[0].Severities);
            }
        }
    }

    [Fact]
    public void Culprits_come_first_and_shares_sum_to_one()
    {
        var verdict = Evaluate(
            Of(("quiet", Ramp(1000)), ("small", Ramp(1000)), ("large", Ramp(1000))),
            Of(("quiet", Ramp(1000)), ("small", Ramp(1000, from: 150)), ("large", Ramp(1000, from: 900))));

        Assert.Equal(["large", "small", "quiet"], verdict.Features.Select(f => f.Name));
        Assert.Equal(2, verdict.DriftedColumns);
        Near.Absolute(1, verdict.Features.Sum(f => f.Share), 1e-12);
        Assert.Equal(verdict.Features.OrderByDescending(f => f.Share), verdict.Features);
        Assert.Equal(verdict.Features[0].Psi, verdict.Psi);
        Assert.Equal(verdict.Features[0].Kl, verdict.Kl);
        Assert.Equal(verdict.Features[0].Js, verdict.Js);
        Assert.Equal(Severity.None, verdict.Features[2].Severity);
    }

    [Fact]
    public void Without_drift_the_model_shows_the_worst_quiet_column()
    {
        var verdict = Evaluate(
            Of(("a", Ramp(1000)), ("b", Ramp(1000))),
            Of(("a", Ramp(1000)), ("b", Ramp(1000, from: 5))));

        Assert.False(verdict.DriftDetected);
        Assert.Equal("b", verdict.Features[0].Name);
        Assert.Equal(verdict.Features[0].Psi, verdict.Psi);
    }

    [Fact]
    public void A_quiet_identifier_column_does_not_speak_for_the_model()
    {
        var verdict = Evaluate(
            Of(("id", Ids("before")), ("x", Ramp(1000))),
            Of(("id", Ids("after")), ("x", Ramp(1000, from: 30))),
            new ModelSettings { Features = new Dictionary<string, FeatureSettings> { ["id"] = new() { Type = ColumnType.Categorical } } });
        var columns = verdict.Features.ToDictionary(f => f.Name);

        Assert.False(verdict.DriftDetected);
        Assert.True(columns["id"].Psi > 1);
        Assert.Equal(columns["x"].Psi, verdict.Psi);
    }

    [Fact]
    public void Unseen_categories_are_one_bin()
    {
        var before = Of(("x", Repeat(("a", 600), ("b", 400))));
        var after = Of(("x", Repeat(("a", 500), ("b", 300), ("c", 120), ("d", 50), ("e", 30))));

        var feature = Evaluate(before, after).Features[0];

        Near.Relative(Psi.Compute([600, 400, 0], [500, 300, 200], Smoothing.Jeffreys), feature.Psi!.Value, 1e-12);
        Near.Relative(0.2, feature.Unseen, 1e-12);
        Assert.True(feature.Drifted);
    }

    [Fact]
    public void Missing_values_are_a_bin_or_dropped()
    {
        var before = Of(("x", Repeat(("a", 500), ("b", 500))));
        var after = Of(("x", Repeat(("a", 400), ("b", 400), (null, 200))));

        var bin = Evaluate(before, after).Features[0];
        var drop = Evaluate(before, after, new ModelSettings { Missing = MissingMode.Drop }).Features[0];

        Near.Relative(Psi.Compute([500, 500, 0], [400, 400, 200], Smoothing.Jeffreys), bin.Psi!.Value, 1e-12);
        Assert.True(bin.Drifted);
        Assert.Equal(0, drop.Psi!.Value, 1e-12);
        Assert.False(drop.Drifted);
        Assert.Equal(0.2, bin.Missing, 1e-12);
        Assert.Equal(0.2, drop.Missing, 1e-12);
    }

    [Fact]
    public void Auto_bins_see_a_change_behind_zeros_that_deciles_cannot()
    {
        object?[] Column(int zeros, double low, double high) => Repeat([(0, zeros), .. Enumerable.Range(0, 5000 - zeros).Select(i =>
            ((object?)(low + ((high - low) * i / (5000 - zeros))), 1))]);
        var before = Of(("x", Column(4750, 1, 2)));
        var after = Of(("x", Column(4250, 1, 2)));

        var deciles = Evaluate(before, after, new ModelSettings { Bins = BinMode.Quantile }).Features[0];
        var auto = Evaluate(before, after).Features[0];

        Assert.Equal(0, deciles.Psi!.Value, 1e-12);
        Assert.True(auto.Psi > 0.1, $"PSI {auto.Psi}");
        Assert.True(auto.Drifted);
    }

    [Theory]
    [InlineData(0.1, 0.15, null, null, 0.5)]
    [InlineData(0.1, 0.15, 0.9, null, 0.5)]
    [InlineData(0.1, 0.15, 0.9, 0.85, 0.5)]
    [InlineData(0.1, 0.15, 0.9, 0.95, 0.4)]
    [InlineData(5.0, 5.0, 0.9, 0.5, 1.0)]
    [InlineData(0.0, 0.0, 0.9, 0.9, 0.0)]
    [InlineData(-0.01, -0.01, null, null, 0.0)]
    public void Combined_score_weighs_divergence_stability_and_accuracy(double kl, double psi, double? before, double? after, double expected) =>
        Near.Absolute(expected, DriftEvaluator.CombinedScore(kl, psi, before, after)!.Value, 1e-12);

    [Fact]
    public void Combined_score_needs_both_divergences()
    {
        Assert.Null(DriftEvaluator.CombinedScore(null, 0.1, 0.9, 0.8));
        Assert.Null(DriftEvaluator.CombinedScore(0.1, null, 0.9, 0.8));
    }

    [Fact]
    public void Adjusted_p_values_are_those_of_Benjamini_and_Hochberg_over_all_columns()
    {
        (string, object?[])[] Table(params double[] moves) => [.. moves.Select((move, i) => ($"x{i}", Ramp(1000, from: move)))];
        var verdict = Evaluate(Of(Table(0, 0, 0, 0, 0)), Of(Table(0, 20, 40, 60, 200)));
        var ordered = verdict.Features.OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        var adjusted = new double[ordered.Length];
        BenjaminiHochberg.Adjust([.. ordered.Select(f => f.PValue!.Value)], adjusted);

        Assert.Equal(adjusted, ordered.Select(f => f.QValue!.Value));
        Assert.All(ordered, f => Assert.True(f.QValue >= f.PValue));
        Assert.All(verdict.Features, f => Assert.Equal(f.Drifted, f.Severities is not null && f.QValue < 0.01));
    }

    [Fact]
    public void P_value_is_that_of_PSI_where_no_bin_is_rare()
    {
        var feature = Evaluate(Of(("x", Ramp(1000))), Of(("x", Ramp(1000, from: 30)))).Features[0];

        Near.Relative(PsiNoise.PValue(feature.Psi!.Value, 10, 1000, 1000), feature.PValue!.Value, 1e-12);
        Near.Relative(9 * (2.0 / 1000), feature.PsiNoise!.Value, 1e-12);
    }

    [Fact]
    public void The_same_profiles_give_the_same_verdict()
    {
        var reference = Reference(Of(("x", Ramp(1000)), ("c", Repeat(("a", 500), ("b", 500)))));
        var window = Window(reference.Plan, Of(("x", Ramp(700, from: 50)), ("c", Repeat(("a", 400), ("b", 300)))));

        var first = DriftEvaluator.Evaluate(reference, window, DetectionSettings.Default, At);
        var second = DriftEvaluator.Evaluate(reference, window, DetectionSettings.Default, At);

        Assert.Equal(first.Features.Select(f => f with { Severities = null }), second.Features.Select(f => f with { Severities = null }));
        Assert.Equal(At, first.EvaluatedAt);
        Assert.Equal(700, first.Rows);
        Assert.Equal(1000, first.ReferenceRows);
        Assert.Equal(1, first.Plan);
    }

    [Fact]
    public void Embedding_drift_shows_in_the_vectors_or_in_their_norm()
    {
        object?[] Vectors(double shift, ulong seed)
        {
            var random = new Drift.Simulation.SplitMix(seed);
            return [.. Enumerable.Range(0, 1000).Select(_ => (object?)new[] { (float)(random.Normal() + shift), (float)random.Normal(), (float)random.Normal() })];
        }

        var reference = Reference(Of(("e", Vectors(0, 1))));
        Assert.Equal(["e", "e.norm"], reference.Plan.Columns.Select(c => c.Name));
        var quiet = DriftEvaluator.Evaluate(reference, Window(reference.Plan, Of(("e", Vectors(0, 2)))), DetectionSettings.Default, At);
        var moved = DriftEvaluator.Evaluate(reference, Window(reference.Plan, Of(("e", Vectors(1.5, 3)))), DetectionSettings.Default, At);

        Assert.False(quiet.DriftDetected);
        Assert.True(moved.Features.Single(f => f.Name == "e").Drifted);
        Assert.NotNull(moved.Features.Single(f => f.Name == "e").Mmd);
        Assert.Null(moved.Features.Single(f => f.Name == "e").Psi);
    }

    [Fact]
    public void Text_drift_shows_in_length_tokens_and_script()
    {
        var features = new Dictionary<string, FeatureSettings> { ["t"] = new() { Type = ColumnType.Text } };
        object?[] Texts(string word, int longest) => [.. Enumerable.Range(0, 1000).Select(i => (object?)string.Join(' ', Enumerable.Repeat(word, 1 + (i % longest))))];
        var before = Of(("t", Texts("word", 10)));

        Assert.False(Evaluate(before, Of(("t", Texts("kind", 10))), new ModelSettings { Features = features }).DriftDetected);
        Assert.Equal(["t.length", "t.tokens"], Drifted(Of(("t", Texts("word", 20)))));
        Assert.Equal(["t.non_ascii"], Drifted(Of(("t", Texts("ворд", 10)))));

        string[] Drifted(Drift.Core.Rows.RowBatch after) =>
            [.. Evaluate(before, after, new ModelSettings { Features = features }).Features.Where(f => f.Drifted).Select(f => f.Name).Order(StringComparer.Ordinal)];
    }

    private static object?[] Ids(string prefix) => [.. Enumerable.Range(0, 1000).Select(i => (object?)$"{prefix}-{i}")];

    private static Verdict Evaluate(Drift.Core.Rows.RowBatch before, Drift.Core.Rows.RowBatch after, ModelSettings? settings = null)
    {
        settings ??= new ModelSettings();
        var reference = Reference(before, settings);
        return DriftEvaluator.Evaluate(reference, Window(reference.Plan, after), DetectionSettings.From(settings), At);
    }

    private static void AssertFinite(object value, string name)
    {
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.GetValue(value) is double number)
                Assert.True(double.IsFinite(number), $"{name}: {property.Name} is {number}");
        }
    }
}
