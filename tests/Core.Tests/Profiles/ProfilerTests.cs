using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Profiles;

public sealed class ProfilerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Rows_without_times_fall_into_the_pane_of_their_arrival()
    {
        var batch = Batch(100, _ => 0);
        var plan = PlanBuilder.Build(1, batch, new ModelSettings());
        var part = Assert.Single(Delta.Decode(new Profiler().Bin(batch, plan, Now), plan));
        Assert.Equal((PaneStore.AllRows, PaneKey.Of(Now, Granularity.Minute)), (part.Segment, part.Pane));
        Assert.Equal(Samples.Bytes(Whole(batch, plan)), Samples.Bytes(part.Profile));
    }

    [Theory]
    [InlineData(0, 1, Granularity.Minute)]
    [InlineData(6, 60, Granularity.Hour)]
    [InlineData(72, 1440, Granularity.Day)]
    public void Rows_of_one_pane_make_one_part_and_the_first_tick_after_it_another(int hoursAgo, int minutes, Granularity granularity)
    {
        var pane = PaneKey.Of(Now.AddHours(-hoursAgo), granularity);
        var last = pane.End.UtcTicks - 1;
        var inside = Batch(minutes + 1, row => Math.Min(last, pane.Start.UtcTicks + (row * TimeSpan.TicksPerMinute)));
        var plan = PlanBuilder.Build(1, inside, new ModelSettings());
        var part = Assert.Single(Delta.Decode(new Profiler().Bin(inside, plan, Now), plan));
        Assert.Equal(pane, part.Pane);
        Assert.Equal(Samples.Bytes(Whole(inside, plan)), Samples.Bytes(part.Profile));

        var beyond = Batch(minutes + 1, row => row == minutes ? last + 1 : last);
        var parts = Delta.Decode(new Profiler().Bin(beyond, plan, Now), plan);
        Assert.Equal([(pane, minutes), (PaneKey.For(pane.End, Now), 1)], parts.Select(p => (p.Pane, (int)p.Profile.Rows)));
    }

    [Fact]
    public void A_profiler_that_was_used_before_gives_the_same_parts()
    {
        var used = new Profiler();
        foreach (var task in (ModelTask[])[ModelTask.Multiclass, ModelTask.Binary, ModelTask.Regression, ModelTask.Multiclass])
        {
            var plan = Samples.Plan(task);
            foreach (var rows in (int[])[200, 30, 0])
            {
                var batch = Samples.Batch(new Random(rows), rows, task);
                Assert.Equal(Parts(new Profiler().Bin(batch, plan, Samples.Now), plan), Parts(used.Bin(batch, plan, Samples.Now), plan));
            }
        }
    }

    [Theory]
    [InlineData(ModelTask.None)]
    [InlineData(ModelTask.Regression)]
    [InlineData(ModelTask.Binary)]
    [InlineData(ModelTask.Multiclass)]
    public void Rows_that_were_put_side_by_side_are_binned_as_the_batches_that_they_came_from(ModelTask task)
    {
        var random = new Random(7);
        var plan = Samples.Plan(task);
        var together = new RowBatch();
        List<ArrivedRows> apart = [], ranges = [];
        for (var i = 0; i < 40; i++)
        {
            var batch = Samples.Batch(random, random.Next(4), task);
            Serve(batch, random);
            var first = together.Count;
            for (var row = 0; row < batch.Count; row++)
                together.AddRowOf(batch, row);

            // Some of them are left out.
            if (random.Next(4) == 0)
                continue;
            apart.Add(new ArrivedRows(batch, Samples.Now));
            ranges.Add(new ArrivedRows(together, Samples.Now, first, batch.Count));
        }

        var profiler = new Profiler();
        Assert.Equal(Parts(profiler.Bin(apart, plan), plan), Parts(profiler.Bin(ranges, plan), plan));
    }

    [Fact]
    public void Rows_of_one_pane_that_were_put_side_by_side_are_binned_as_the_batches_that_they_came_from()
    {
        var batches = Enumerable.Range(1, 5).Select(rows => Batch(rows, _ => Now.UtcTicks)).ToArray();
        var plan = PlanBuilder.Build(1, Batch(100, _ => 0), new ModelSettings());
        var together = new RowBatch();
        foreach (var batch in batches)
        {
            for (var row = 0; row < batch.Count; row++)
                together.AddRowOf(batch, row);
        }

        var profiler = new Profiler();
        Assert.Equal(
            Parts(profiler.Bin([new ArrivedRows(batches[1], Now), new ArrivedRows(batches[3], Now)], plan), plan),
            Parts(profiler.Bin([new ArrivedRows(together, Now, 1, 2), new ArrivedRows(together, Now, 6, 4)], plan), plan));
    }

    [Fact]
    public void Squares_of_far_values_add_up_exactly()
    {
        var random = new Random(3);
        var rows = new RowBatch();
        for (var row = 0; row < 2_000; row++)
            rows.Feature("x").SetNumber(rows.AddRow(), random.NextDouble());
        var plan = PlanBuilder.Build(1, rows, new ModelSettings());

        // Up to 65 536 standard deviations away: every square has more than 64 bits, and their low halves carry.
        for (var row = 0; row < 2_000; row++)
            rows.Feature("x").SetNumber(row, (random.NextDouble() - 0.5) * 40_000);
        var one = new Profile(plan);
        for (var row = 0; row < 2_000; row++)
        {
            var single = new Profile(plan);
            single.Add(rows, [row]);
            one.Merge(single);
        }

        Assert.Equal(Samples.Bytes(one), Samples.Bytes(Whole(rows, plan)));
        var scale = Assert.IsType<NumericColumnPlan>(plan.Columns[0]).Scale;
        var units = Enumerable.Range(0, 2_000).Select(row => (System.Numerics.BigInteger)scale.ToFixed(rows.Feature("x").Number(row))).ToArray();
        var squares = units.Aggregate(System.Numerics.BigInteger.Zero, (sum, unit) => sum + (unit * unit));
        var sum = units.Aggregate(System.Numerics.BigInteger.Zero, (a, b) => a + b);
        var variance = ((double)squares / 2_000) - Math.Pow((double)sum / 2_000, 2);
        Assert.Equal(scale.FromFixed(Math.Sqrt(variance)), Assert.IsType<NumericProfile>(one.Columns[0]).StandardDeviation, 1e-9 * scale.FromFixed(Math.Sqrt(variance)));
    }

    private static string[] Parts(byte[] delta, Plan plan) =>
        [.. Delta.Decode(delta, plan).Select(p => $"{p.Segment} {p.Pane} {Convert.ToHexString(Samples.Bytes(p.Profile))}").Order(StringComparer.Ordinal)];

    private static Profile Whole(RowBatch batch, Plan plan)
    {
        var profile = new Profile(plan);
        profile.Add(batch, Enumerable.Range(0, batch.Count).ToArray());
        return profile;
    }

    private static void Serve(RowBatch batch, Random random)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            if (random.Next(2) == 0)
                batch.Serving.Adapter.SetText(row, batch.Texts.Add($"v{random.Next(3)}"));
            if (random.Next(2) == 0)
                batch.Serving.LatencyMs.SetNumber(row, random.Next(1_000));
            if (random.Next(2) == 0)
                batch.Serving.PromptTokens.SetNumber(row, random.Next(1_000));
            if (random.Next(2) == 0)
                batch.Serving.CompletionTokens.SetNumber(row, random.Next(1_000));
            if (random.Next(2) == 0)
                batch.Serving.SetCache(row, random.Next(2) == 0 ? "hit"u8 : "miss"u8);
        }
    }

    private static RowBatch Batch(int rows, Func<int, long> ticks)
    {
        var random = new Random(rows);
        var batch = new RowBatch();
        for (var row = 0; row < rows; row++)
        {
            batch.SetTime(batch.AddRow(), ticks(row));
            batch.Feature("x").SetNumber(row, random.NextDouble());
        }

        return batch;
    }
}
