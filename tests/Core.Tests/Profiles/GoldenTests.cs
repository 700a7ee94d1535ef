using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Profiles;

/// <summary>
/// The bytes that each version wrote first, kept in <c>Golden/</c>: what is stored today must be readable by every later build. After a
/// deliberate change of the format <c>DRIFT_WRITE_GOLDEN=1 dotnet test</c> writes them anew; once released, add a version instead.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void The_plan_of_version_1_is_still_read_and_written()
    {
        var built = BuildPlan().Encode();
        var stored = Golden("plan-v1.bin", built);
        var plan = Plan.Decode(stored);
        Assert.Equal(stored, plan.Encode());
        Assert.Equal(stored, built);
        Assert.Equal(
            ["number", "category", "text.length", "text.tokens", "text.non_ascii", "vector", "vector.norm", "prediction", "score", "label"],
            plan.Columns.Select(c => c.Name));
        Assert.Equal((1, ModelTask.Binary, "yes"), (plan.Version, plan.Task, plan.Positive));
        Assert.Equal(["region"], plan.Segments);
        var number = Assert.IsType<NumericColumnPlan>(plan.Columns[0]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], number.InnerEdges);
        Assert.Equal(44, number.Scale.Count);
    }

    [Fact]
    public void The_delta_of_version_1_is_still_read_and_written()
    {
        var plan = BuildPlan();
        var built = new Profiler().Bin(Rows(), plan, Now);
        var stored = Golden("delta-v1.bin", built);
        var parts = Delta.Decode(stored, plan);
        var writer = new Codec.ByteWriter();
        Delta.Begin(writer, plan, Rows().Count, parts.Count);
        foreach (var (segment, pane, profile) in parts)
            Delta.Append(writer, segment, pane, profile);
        Assert.Equal(stored, Delta.End(writer));
        Assert.Equal(stored, built);
        Assert.Equal(["", "region=eu", "region=us"], parts.Select(p => p.Segment).Order(StringComparer.Ordinal));
        var all = parts.Single(p => p.Segment.Length == 0);
        Assert.Equal((44L, 44L), (all.Profile.Rows, all.Profile.Performance.Labelled));
        Assert.All(((NumericProfile)all.Profile.Columns[0]).Counts.ToArray(), count => Assert.Equal(4, count));
    }

    [Fact]
    public void The_delta_of_version_2_is_still_read_and_written()
    {
        var plan = BuildPlan();
        var built = new Profiler().Bin(ServedRows(), plan, Now);
        var stored = Golden("delta-v2.bin", built);
        var parts = Delta.Decode(stored, plan);
        Assert.Equal(stored, built);
        Assert.Equal(2, stored[1]);
        Assert.Equal(["", "adapter=v1", "region=eu", "region=us"], parts.Select(p => p.Segment).Order(StringComparer.Ordinal));
        var adapter = parts.Single(p => p.Segment == "adapter=v1").Profile.Serving!;
        Assert.Equal((22, 5_500_000, 220, 440, 22, 0), (adapter.Timed, adapter.LatencyMicroseconds, adapter.PromptTokens, adapter.CompletionTokens, adapter.CacheHits, adapter.CacheMisses));
        Assert.Equal(44, parts.Single(p => p.Segment.Length == 0).Profile.Serving!.Timed);
    }

    [Fact]
    public void The_rows_of_version_2_are_still_read_and_written()
    {
        var built = RowBatchCodec.Encode(ServedRows());
        var stored = Golden("rows-v2.bin", built);
        var rows = new RowBatch();
        RowBatchCodec.DecodeInto(stored, rows);
        Assert.Equal(stored, built);
        Assert.Equal(2, stored[1]);
        Assert.Equal(stored, RowBatchCodec.Encode(rows));
        Assert.Equal(("v1", 250.0, 10.0, 20.0), (rows.Texts.GetString(rows.Serving.Adapter.Text(0)), rows.Serving.LatencyMs.Number(0), rows.Serving.PromptTokens.Number(0), rows.Serving.CompletionTokens.Number(0)));
        Assert.Equal((CellTag.Missing, CellTag.Boolean), (rows.Serving.Adapter.Tag(1), rows.Serving.Cache.Tag(1)));
    }

    // Every second one by an adapter and out of a cache.
    private static RowBatch ServedRows()
    {
        var rows = Rows();
        for (var row = 0; row < rows.Count; row++)
        {
            if (row % 2 == 0)
                rows.Serving.Adapter.SetText(row, rows.Texts.Add("v1"));
            rows.Serving.LatencyMs.SetNumber(row, 250);
            rows.Serving.PromptTokens.SetNumber(row, 10);
            rows.Serving.CompletionTokens.SetNumber(row, 20);
            rows.Serving.SetCache(row, row % 2 == 0 ? "hit"u8 : "miss"u8);
        }

        return rows;
    }

    // Every value stands four times, so that each quantile falls between equal values and its definition does not matter.
    private static RowBatch Rows()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 44; i++)
        {
            var value = i / 4;
            var row = rows.AddRow();
            rows.Feature("number").SetNumber(row, value);
            rows.Feature("category").SetText(row, rows.Texts.Add(value % 3 == 0 ? "a" : "b"));
            rows.Feature("text").SetText(row, rows.Texts.Add(new string('x', value + 1)));
            rows.Feature("vector").SetVector(row, [value, 0]);
            rows.Segment("region").SetText(row, rows.Texts.Add(i % 2 == 0 ? "eu" : "us"));
            rows.Prediction.SetText(row, rows.Texts.Add(value > 5 ? "yes" : "no"));
            rows.Label.SetText(row, rows.Texts.Add(value > 4 ? "yes" : "no"));
            rows.Score.SetNumber(row, 0.5);
        }

        return rows;
    }

    private static Plan BuildPlan() => PlanBuilder.Build(1, Rows(), new ModelSettings
    {
        Task = ModelTask.Binary,
        Positive = "yes",
        Segments = ["region"],
        Features = new Dictionary<string, FeatureSettings> { ["text"] = new() { Type = ColumnType.Text } },
    });

    private static byte[] Golden(string name, byte[] built)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.Drift.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        var path = Path.Combine(folder.FullName, "tests", "Core.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("DRIFT_WRITE_GOLDEN") == "1")
            File.WriteAllBytes(path, built);
        return File.ReadAllBytes(path);
    }
}
