using Drift.Actors.Model;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Support;

namespace Drift.Actors.Tests;

/// <summary>
/// The bytes of the first snapshots, kept in <c>Golden/</c>: every later build must read them. After a deliberate change of the format
/// <c>DRIFT_WRITE_GOLDEN=1 dotnet test</c> writes them anew; once released, add a version instead.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void The_snapshot_of_a_learning_model_of_version_1_is_still_read_and_written()
    {
        var built = new ModelSnapshot { Exists = true, CreatedAt = Now, LastIngest = Now.AddMinutes(1), Rows = 44, KeptRows = 44, Settings = Settings };
        built.Kept.Add((Now, RowBatchCodec.Encode(Rows())));

        var read = ModelSnapshot.Decode(Golden("snapshot-learning-v1.bin", built.Encode()));

        Assert.Equal((true, ModelState.Learning, 44L, 44L, Now), (read.Exists, read.State, read.Rows, read.KeptRows, read.CreatedAt));
        Assert.Equal(44, Assert.Single(read.Kept) is { } kept && kept.At == Now ? Decode(kept.Rows).Count : 0);
        Assert.Equal(["region"], read.Settings.Segments);
        Assert.Equal(built.Encode(), read.Encode());
    }

    [Fact]
    public void The_snapshot_of_a_monitoring_model_of_version_1_is_still_read_and_written()
    {
        var plan = PlanBuilder.Build(3, Rows(), Settings);
        var built = new ModelSnapshot { Exists = true, CreatedAt = Now, LastIngest = Now, Rows = 88, Settings = Settings, LastChange = 1 };
        built.Begin(plan, ReferenceProfiles.Build(Rows(), plan), Now);
        foreach (var (segment, pane, profile) in Delta.Decode(new Profiler().Bin(Rows(), plan, Now), plan))
            built.Panes!.Merge(segment, pane, profile);
        built.Changes.Add(new VerdictChange { Kind = "reference", At = Now, Number = 1 });
        built.Window("24h").Severity = Core.Detection.Severity.Moderate;

        var read = ModelSnapshot.Decode(Golden("snapshot-monitoring-v1.bin", built.Encode()));

        Assert.Equal((ModelState.Monitoring, 88L, 4, 1L), (read.State, read.Rows, read.NextPlan, read.LastChange));
        Assert.Equal(plan.Encode(), read.Plan!.Encode());
        Assert.Equal(["", "region=eu", "region=us"], read.Reference.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(44, read.Panes!.MergeRange("", Now.AddHours(-1), Now.AddHours(1)).Rows);
        Assert.Equal(Core.Detection.Severity.Moderate, read.Windows["24h"].Severity);
        Assert.Equal("reference", Assert.Single(read.Changes).Kind);
        Assert.Equal(built.Encode(), read.Encode());
    }

    [Fact]
    public void The_snapshot_of_version_3_with_how_rows_were_served_is_still_read_and_written()
    {
        var plan = PlanBuilder.Build(3, Rows(), Settings);
        var built = new ModelSnapshot { Exists = true, CreatedAt = Now, LastIngest = Now, Rows = 44, Settings = Settings };
        built.Begin(plan, ReferenceProfiles.Build(Rows(), plan), Now);
        // Panes that say nothing of it are written as the version before, which older builds read.
        Assert.Equal(2, built.Encode()[1]);
        var served = Rows();
        for (var row = 0; row < served.Count; row++)
        {
            served.Serving.Adapter.SetText(row, served.Texts.Add("v1"));
            served.Serving.LatencyMs.SetNumber(row, 250);
        }

        foreach (var (segment, pane, profile) in Delta.Decode(new Profiler().Bin(served, plan, Now), plan))
            built.Panes!.Merge(segment, pane, profile);

        var read = ModelSnapshot.Decode(Golden("snapshot-serving-v3.bin", built.Encode()));

        Assert.Equal(3, built.Encode()[1]);
        Assert.Equal(44, read.Panes!.MergeRange("adapter=v1", Now.AddHours(-1), Now.AddHours(1)).Serving!.Timed);
        Assert.Equal(built.Encode(), read.Encode());
    }

    private static ModelSettings Settings => new() { Task = ModelTask.Binary, Positive = "yes", Segments = ["region"], MinRows = 10 };

    private static RowBatch Rows()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 44; i++)
        {
            var value = i / 4;
            var row = rows.AddRow();
            rows.Feature("number").SetNumber(row, value);
            rows.Feature("category").SetText(row, rows.Texts.Add(value % 3 == 0 ? "a" : "b"));
            rows.Segment("region").SetText(row, rows.Texts.Add(i % 2 == 0 ? "eu" : "us"));
            rows.Prediction.SetText(row, rows.Texts.Add(value > 5 ? "yes" : "no"));
            rows.Score.SetNumber(row, 0.5);
        }

        return rows;
    }

    private static RowBatch Decode(byte[] bytes)
    {
        var batch = new RowBatch();
        RowBatchCodec.DecodeInto(bytes, batch);
        return batch;
    }

    private static byte[] Golden(string name, byte[] built)
    {
        var path = Path.Combine(Repository.Root, "tests", "Actors.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("DRIFT_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, built);
        }

        return File.ReadAllBytes(path);
    }
}
