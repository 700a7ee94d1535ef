using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Windows;
using Drift.Standalone.Demo;
using Drift.Standalone.Replay;

namespace Drift.Standalone.Tests.Demo;

public sealed class DemoModelsTests
{
    private static readonly DemoOptions Options = new();

    public static TheoryData<int, int> ModelsAndSeeds
    {
        get
        {
            var cases = new TheoryData<int, int>();
            foreach (var model in Enumerable.Range(0, 4))
            {
                foreach (var seed in (int[])[7, 1, 2, 3])
                    cases.Add(model, seed);
            }

            return cases;
        }
    }

    [Fact]
    public void Create_SameSeed_SameRows()
    {
        foreach (var model in Enumerable.Range(0, 4))
        {
            Assert.Equal(Bytes(7), Bytes(7));
            Assert.NotEqual(Bytes(7), Bytes(8));

            byte[] Bytes(int seed)
            {
                var rows = new RowBatch();
                DemoModels.Create(4, seed)[model].AddRows(rows, 200, 0.5);
                return new RowFormatting(SendFormat.Ndjson, new HashSet<string>(), keepTimes: false).Write(rows, 0, rows.Count).Body.ToArray();
            }
        }
    }

    [Fact]
    public void Create_MoreThanFour_HaveNamesAndRowsOfTheirOwn()
    {
        var models = DemoModels.Create(6, 7);

        Assert.Equal(["fraud", "churn", "price", "support", "fraud-2", "churn-2"], models.Select(m => m.Name));
        Assert.All(models, m => Assert.Empty(m.Settings.Validate()));
    }

    [Theory]
    [MemberData(nameof(ModelsAndSeeds))]
    public void Traffic_BeforeDrift_IsQuietAtEveryEvaluation(int model, int seed)
    {
        var watched = new Watched(DemoModels.Create(4, seed)[model]);

        // A second of traffic at a time, as a server evaluates it: quiet not only in the end but all along.
        for (var second = 0; second < 60; second++)
        {
            var verdict = watched.Add(100, 0);
            Assert.True(verdict.DriftedColumns == 0 && verdict.Severity == Severity.None, $"after {verdict.Rows} rows: {Describe(verdict)}");
        }
    }

    [Theory]
    [MemberData(nameof(ModelsAndSeeds))]
    public void Traffic_WithDrift_ShowsExactlyTheIntendedColumnsWithinAMinute(int model, int seed)
    {
        var watched = new Watched(DemoModels.Create(4, seed)[model]);
        var drifting = watched.Model.DriftingColumns;

        // The window keeps the quiet rows of the first seconds: what drifts has to stand out of them.
        Verdict? verdict = null;
        for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromSeconds(60); elapsed += TimeSpan.FromSeconds(1))
        {
            verdict = watched.Add(100, Options.DriftAt(elapsed));
            Assert.Subset(drifting.ToHashSet(), Drifted(verdict).ToHashSet());
        }

        Assert.Equal(drifting, Drifted(verdict!));
        Assert.All(verdict!.Features.Where(f => f.Drifted), f => Assert.Equal(Severity.Critical, f.Severity));
        // Labels alone do not make a model's severity: an error is told by its performance.
        Assert.Equal(drifting.Any(d => d != "label"), verdict.DriftDetected);
    }

    [Fact]
    public void Price_WithDrift_ErrorGrowsWhileInputsAndPredictionsStay()
    {
        var watched = new Watched(DemoModels.Create(4, 7)[2]);
        watched.Add(4000, 0);
        var before = PerformanceReport.From(watched.Current.Performance, null).Mae;
        watched.Add(4000, 1);
        var after = PerformanceReport.From(watched.Current.Performance, null).Mae;

        Assert.True(after > 2 * before, $"mean absolute error {before} before, {after} after");
    }

    [Fact]
    public void Support_WithDrift_LosesItsAccuracy()
    {
        var watched = new Watched(DemoModels.Create(4, 7)[3]);

        Assert.Equal(Severity.None, watched.Add(2000, 0).AccuracySeverity);
        Assert.True(watched.Add(4000, 1).AccuracySeverity >= Severity.Moderate);
    }

    private static string[] Drifted(Verdict verdict) => [.. verdict.Features.Where(f => f.Drifted).Select(f => f.Name).Order(StringComparer.Ordinal)];

    private static string Describe(Verdict verdict) =>
        $"{verdict.Severity} {verdict.AccuracySeverity} {string.Join(", ", verdict.Features.Select(f => $"{f.Name} psi {f.Psi:0.000} js {f.Js:0.000} w {f.Wasserstein:0.000} q {f.QValue:0.0000}"))}";

    private sealed class Watched
    {
        private readonly Plan _plan;
        private readonly Profile _reference;

        public Watched(DemoModel model)
        {
            Model = model;
            var rows = new RowBatch();
            model.AddRows(rows, Options.ReferenceRows, 0);
            _plan = PlanBuilder.Build(1, rows, model.Settings);
            _reference = ReferenceProfiles.Build(rows, _plan)[PaneStore.AllRows];
            Current = new Profile(_plan);
        }

        public DemoModel Model { get; }

        public Profile Current { get; }

        public Verdict Add(int count, double drift)
        {
            var rows = new RowBatch();
            Model.AddRows(rows, count, drift);
            Current.Add(rows, [.. Enumerable.Range(0, count)]);
            return DriftEvaluator.Evaluate(_reference, Current, DetectionSettings.From(Model.Settings), DateTimeOffset.UnixEpoch);
        }
    }
}
