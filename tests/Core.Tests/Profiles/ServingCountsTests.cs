using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Profiles;

public sealed class ServingCountsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Sums_and_quantiles_are_those_of_the_rows()
    {
        var random = new Random(5);
        var latencies = Enumerable.Range(0, 10_000).Select(_ => Math.Exp((random.NextDouble() * 4) + 2)).ToArray();
        var counts = Count([.. latencies.Select(l => (double?)l)]);

        Assert.Equal((10_000, 20_000, 10_000), (counts.Timed, counts.PromptTokens, counts.CompletionTokens));
        Assert.Equal(latencies.Sum(l => Math.Round(l * 1000)), counts.LatencyMicroseconds);
        Array.Sort(latencies);
        foreach (var share in (double[])[0.1, 0.5, 0.95, 0.99])
        {
            // Within the bin that the true quantile falls into: that is what fixed edges can say.
            var exact = latencies[(int)(share * (latencies.Length - 1))];
            var upper = ServingCounts.LatencySeconds.First(e => e * 1000 >= exact) * 1000;
            var lower = ServingCounts.LatencySeconds.LastOrDefault(e => e * 1000 < exact) * 1000;
            Assert.InRange(counts.LatencyQuantileMs(share)!.Value, lower, upper);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.001, 1)]
    [InlineData(1_500, 11)]
    [InlineData(60_000, 16)]
    [InlineData(60_000.001, 17)]
    [InlineData(86_400_000, 17)]
    public void A_latency_falls_into_the_bin_whose_upper_edge_it_does_not_exceed(double milliseconds, int bin)
    {
        var writer = new ByteWriter();
        Count([milliseconds]).Write(writer);
        var reader = new ByteReader(writer.Written, "test");
        for (var i = 0; i < 5; i++)
            reader.ReadCount();
        for (var i = 0; i < 18; i++)
            Assert.Equal(i == bin ? 1 : 0, reader.ReadCount());
        reader.End();
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(86_400_001.0)]
    public void What_cannot_be_a_latency_is_not_counted(double milliseconds) => Assert.Equal(0, Count([milliseconds]).Timed);

    [Theory]
    [InlineData(-1.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    [InlineData(1e12)]
    public void What_cannot_be_a_number_of_tokens_is_not_counted(double tokens)
    {
        var batch = new RowBatch();
        batch.Serving.PromptTokens.SetNumber(batch.AddRow(), tokens);
        var counts = new ServingCounts();
        counts.Add(batch, [0]);
        Assert.True(counts.IsEmpty);
    }

    [Fact]
    public void Nothing_has_no_quantile_and_all_beyond_the_last_edge_has_that_edge()
    {
        Assert.Null(new ServingCounts().LatencyQuantileMs(0.5));
        Assert.Null(ServingSummary.Of(new ServingCounts()));
        Assert.Equal(60_000, Count([70_000, 80_000]).LatencyQuantileMs(0.5));
    }

    [Fact]
    public void Merging_in_any_grouping_gives_the_same_bytes()
    {
        var random = new Random(6);
        var parts = Enumerable.Range(0, 6).Select(_ => Count([.. Enumerable.Range(0, 50).Select(_ => (double?)(random.NextDouble() * 3000))])).ToArray();
        var forward = new ServingCounts();
        foreach (var part in parts)
            forward.Merge(part);
        var pairs = new ServingCounts();
        for (var i = parts.Length - 2; i >= 0; i -= 2)
        {
            var pair = new ServingCounts();
            pair.Merge(parts[i + 1]);
            pair.Merge(parts[i]);
            pairs.Merge(pair);
        }

        Assert.Equal(Bytes(forward), Bytes(pairs));
    }

    [Fact]
    public void Rows_of_adapters_are_sliced_without_being_asked_for_and_those_without_are_not()
    {
        var batch = Served();
        var plan = PlanBuilder.Build(1, batch, new ModelSettings());
        var parts = Delta.Decode(new Profiler().Bin(batch, plan, Now), plan);

        Assert.Equal([("", 30L), ("adapter=v1", 10L), ("adapter=v2", 10L)], parts.Select(p => (p.Segment, p.Profile.Rows)).Order());
        var v1 = parts.Single(p => p.Segment == "adapter=v1").Profile.Serving!;
        Assert.Equal((10, 1000, 100, 5, 5), (v1.Timed, v1.LatencyMicroseconds, v1.PromptTokens, v1.CacheHits, v1.CacheMisses));
        Assert.Equal(30, parts.Single(p => p.Segment.Length == 0).Profile.Serving!.Timed);
        Assert.Equal(["", "adapter=v1", "adapter=v2"], ReferenceProfiles.Build(batch, plan).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_segment_that_is_called_like_the_adapter_counts_no_row_twice()
    {
        var batch = Served();
        for (var row = 0; row < batch.Count; row++)
            batch.Segment("adapter").SetText(row, batch.Texts.Add("v1"));
        var plan = PlanBuilder.Build(1, batch, new ModelSettings { Segments = ["adapter"] });
        var parts = Delta.Decode(new Profiler().Bin(batch, plan, Now), plan);

        // Ten rows have no adapter, and are what their segment says.
        Assert.Equal([("", 30L), ("adapter=v1", 20L), ("adapter=v2", 10L)], parts.Select(p => (p.Segment, p.Profile.Rows)).Order());
        Assert.Equal([30L, 20L, 10L], ReferenceProfiles.Build(batch, plan).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.Rows));
    }

    [Fact]
    public void Panes_keep_how_rows_were_served_open_encoded_rolled_up_and_stored()
    {
        var batch = Served();
        var plan = PlanBuilder.Build(1, batch, new ModelSettings());
        var store = new PaneStore(plan);
        Assert.False(store.HasServing);
        foreach (var (segment, pane, profile) in Delta.Decode(new Profiler().Bin(batch, plan, Now), plan))
            store.Merge(segment, pane, profile);
        Check(store);
        store.Rest();
        Check(store);
        store.RollUp(Now.AddHours(3));
        Check(store);
        store.RollUp(Now.AddDays(3));
        Check(store);

        var writer = new ByteWriter();
        store.Write(writer);
        var reader = new ByteReader(writer.Written, "test");
        Check(PaneStore.Read(ref reader, plan));

        void Check(PaneStore panes)
        {
            Assert.True(panes.HasServing);
            Assert.Equal(10, panes.MergeRange("adapter=v2", Now.AddDays(-1), Now.AddDays(1)).Serving!.Timed);
            Assert.Equal(30, panes.MergeWindow(PaneStore.AllRows, Window.Parse("7d"), Now.AddDays(3)).Serving!.Timed);
        }
    }

    [Fact]
    public void A_profiler_that_saw_adapters_before_leaves_nothing_of_them()
    {
        var served = Served();
        var plain = new RowBatch();
        plain.Feature("a").SetNumber(plain.AddRow(), 1);
        var plan = PlanBuilder.Build(1, served, new ModelSettings());
        var used = new Profiler();
        used.Bin(served, plan, Now);

        Assert.Equal(new Profiler().Bin(plain, plan, Now), used.Bin(plain, plan, Now));
        Assert.Equal(1, used.Bin(plain, plan, Now)[1]);
    }

    // Ten rows of v1, ten of v2, ten of none; each took 0.1 ms and has ten prompt tokens.
    private static RowBatch Served()
    {
        var batch = new RowBatch();
        for (var i = 0; i < 30; i++)
        {
            var row = batch.AddRow();
            batch.Feature("a").SetNumber(row, i);
            if (i % 3 < 2)
                batch.Serving.Adapter.SetText(row, batch.Texts.Add(i % 3 == 0 ? "v1" : "v2"));
            batch.Serving.LatencyMs.SetNumber(row, 0.1);
            batch.Serving.PromptTokens.SetNumber(row, 10);
            batch.Serving.SetCache(row, i % 2 == 0 ? "hit"u8 : "MISS"u8);
        }

        return batch;
    }

    private static ServingCounts Count(double?[] latencies)
    {
        var batch = new RowBatch();
        foreach (var latency in latencies)
        {
            var row = batch.AddRow();
            if (latency is { } milliseconds)
                batch.Serving.LatencyMs.SetNumber(row, milliseconds);
            batch.Serving.PromptTokens.SetNumber(row, 2);
            batch.Serving.CompletionTokens.SetNumber(row, 1);
        }

        var counts = new ServingCounts();
        counts.Add(batch, [.. Enumerable.Range(0, batch.Count)]);
        return counts;
    }

    private static byte[] Bytes(ServingCounts counts)
    {
        var writer = new ByteWriter();
        counts.Write(writer);
        return writer.ToArray();
    }
}
