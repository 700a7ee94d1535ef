using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Windows;

public sealed class PaneTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);
    private static readonly Plan OneNumber = BuildPlan();

    [Theory]
    [InlineData("2026-11-20T12:29:59Z", Granularity.Minute, "2026-11-20T12:29:00Z")]
    [InlineData("2026-11-20T09:30:00Z", Granularity.Hour, "2026-11-20T09:00:00Z")]
    [InlineData("2026-11-20T10:00:00Z", Granularity.Minute, "2026-11-20T10:00:00Z")]
    [InlineData("2026-11-20T09:59:59.9999999Z", Granularity.Hour, "2026-11-20T09:00:00Z")]
    [InlineData("2026-11-18T00:00:00Z", Granularity.Hour, "2026-11-18T00:00:00Z")]
    [InlineData("2026-11-17T23:59:59.9999999Z", Granularity.Day, "2026-11-17T00:00:00Z")]
    [InlineData("2026-11-20T12:31:30Z", Granularity.Minute, "2026-11-20T12:31:00Z")]
    [InlineData("2026-11-20T13:30:00+02:00", Granularity.Minute, "2026-11-20T11:30:00Z")]
    public void A_time_belongs_to_the_slice_that_its_age_calls_for(string time, Granularity granularity, string start)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        var key = PaneKey.For(DateTimeOffset.Parse(time, invariant), Now);
        Assert.Equal((granularity, DateTimeOffset.Parse(start, invariant)), (key.Granularity, key.Start));
    }

    [Fact]
    public void A_slice_changes_granularity_only_when_its_age_passes_what_is_kept()
    {
        var hour = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
        var changes = hour.AddHours(1) + PaneKey.MinutesKept;
        Assert.Equal(Granularity.Minute, PaneKey.For(hour, changes).Granularity);
        Assert.Equal(Granularity.Hour, PaneKey.For(hour, changes.AddTicks(1)).Granularity);
        var day = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        changes = day.AddDays(1) + PaneKey.HoursKept;
        Assert.Equal(Granularity.Hour, PaneKey.For(day, changes).Granularity);
        Assert.Equal(Granularity.Day, PaneKey.For(day, changes.AddTicks(1)).Granularity);
    }

    [Theory]
    [InlineData(Granularity.Minute)]
    [InlineData(Granularity.Hour)]
    [InlineData(Granularity.Day)]
    public void Each_tick_around_a_boundary_is_in_the_slice_that_holds_it(Granularity granularity)
    {
        foreach (var boundary in (DateTimeOffset[])[new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), new(2061, 3, 1, 0, 0, 0, TimeSpan.Zero), new(1969, 12, 31, 0, 0, 0, TimeSpan.Zero)])
        {
            for (var ticks = -5; ticks <= 5; ticks++)
            {
                var time = boundary.AddTicks(ticks);
                var key = PaneKey.Of(time, granularity);
                Assert.True(key.Start <= time && time < key.End, $"{time:O} is not in {key}");
                Assert.Equal(0, key.StartMinute % key.Minutes);
            }
        }
    }

    [Fact]
    public void Roll_ups_keep_the_totals()
    {
        var store = new PaneStore(OneNumber);
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
            Put(store, Now - TimeSpan.FromMinutes(random.Next(60 * 24 * 3)), Now, i);
        var before = Everything(store);
        var panes = store.Count;
        for (var hours = 1; hours <= 24 * 20; hours += 7)
        {
            store.RollUp(Now.AddHours(hours));
            Assert.Equal(before, Everything(store));
        }

        Assert.InRange(store.Count, 1, 5);
        Assert.True(panes > 50);
    }

    [Fact]
    public void Windows_and_whole_days_do_not_depend_on_when_panes_rolled_up()
    {
        var random = new Random(6);
        PaneStore often = new(OneNumber), never = new(OneNumber);
        var now = Now;
        for (var step = 0; step < 1500; step++)
        {
            now = now.AddMinutes(random.Next(180));
            var time = now.AddMinutes(-Math.Pow(random.NextDouble(), 8) * 60 * 24 * 70);
            Put(often, time, now, step);
            Put(never, time, now, step);
            often.RollUp(now);
            if (step % 50 != 0)
                continue;
            foreach (var name in Window.All)
            {
                var window = Window.Parse(name);
                Assert.Equal(
                    BytesOf(often.MergeWindow(PaneStore.AllRows, window, now)), BytesOf(never.MergeWindow(PaneStore.AllRows, window, now)));
            }

            var day = PaneKey.Of(now, Granularity.Day).Start;
            Assert.Equal(
                BytesOf(often.MergeRange(PaneStore.AllRows, day.AddDays(-9), day.AddDays(-2))),
                BytesOf(never.MergeRange(PaneStore.AllRows, day.AddDays(-9), day.AddDays(-2))));
        }

        never.RollUp(now);
        Assert.Equal(Bytes(often), Bytes(never));
    }

    [Fact]
    public void A_late_row_lands_in_the_pane_it_belongs_to()
    {
        var store = new PaneStore(OneNumber);
        Put(store, Now.AddDays(-10).AddHours(-1), Now, 1);
        store.RollUp(Now);
        Put(store, Now.AddDays(-10).AddHours(-2), Now, 2);
        Assert.Equal(1, store.Count);
        Assert.Equal(2, store.MergeRange(PaneStore.AllRows, Now.AddDays(-11).AddHours(-12.5), Now.AddDays(-9).AddHours(-12.5)).Rows);
        Assert.Equal(0, store.MergeWindow(PaneStore.AllRows, Window.Parse("7d"), Now).Rows);
        Assert.Equal(2, store.MergeWindow(PaneStore.AllRows, Window.Parse("30d"), Now).Rows);
    }

    [Fact]
    public void Panes_beyond_the_horizon_vanish_and_their_segment_with_them()
    {
        var store = new PaneStore(OneNumber);
        Put(store, Now, Now, 1);
        Put(store, Now, Now, 1, "region=eu");
        var gone = PaneKey.Of(Now, Granularity.Day).End + PaneKey.DaysKept;
        store.RollUp(gone);
        Assert.Equal(2, store.Count);
        store.RollUp(gone.AddTicks(1));
        Assert.Equal(0, store.Count);
        Assert.Empty(store.Segments);
        Assert.Null(store.Newest);
    }

    [Fact]
    public void Rows_of_segments_beyond_the_limit_count_as_other()
    {
        var store = new PaneStore(OneNumber);
        for (var i = 0; i < PaneStore.MaxSegments + 30; i++)
            Put(store, Now, Now, i, $"user={i:000}");
        Put(store, Now, Now, 1);
        Assert.Equal(PaneStore.MaxSegments + 2, store.Segments.Count());
        Assert.Equal(30, store.MergeWindow(PaneStore.OtherSegments, Window.Parse("1h"), Now).Rows);
    }

    [Fact]
    public void A_store_comes_back_as_it_was_written()
    {
        var store = new PaneStore(OneNumber);
        var random = new Random(8);
        for (var i = 0; i < 100; i++)
            Put(store, Now - TimeSpan.FromHours(random.Next(100)), Now, i, i % 3 == 0 ? "region=eu" : PaneStore.AllRows);
        var open = Bytes(store);
        var reader = new ByteReader(open, "panes");
        var read = PaneStore.Read(ref reader, OneNumber);
        reader.End();
        Assert.Equal(open, Bytes(read));
        Assert.Equal(store.Newest, read.Newest);
        Assert.Equal(Everything(store), Everything(read));
        Put(store, Now, Now, 5);
        Put(read, Now, Now, 5);
        store.RollUp(Now.AddHours(5));
        read.RollUp(Now.AddHours(5));
        Assert.Equal(Bytes(store), Bytes(read));
    }

    [Fact]
    public void Damaged_stores_throw_only_codec_exceptions()
    {
        var store = new PaneStore(OneNumber);
        for (var i = 0; i < 6; i++)
            Put(store, Now.AddHours(-i), Now, i);
        var bytes = Bytes(store);
        var random = new Random(9);
        for (var i = 0; i < 5000; i++)
        {
            try
            {
                var reader = new ByteReader(Profiles.Samples.Mutate(random, bytes), "panes");
                var read = PaneStore.Read(ref reader, OneNumber);
                read.RollUp(Now);
                Bytes(read);
            }
            catch (CodecException)
            {
            }
        }
    }

    private static Plan BuildPlan()
    {
        var rows = new RowBatch();
        for (var i = 0; i < 30; i++)
            rows.Feature("x").SetNumber(rows.AddRow(), i);
        return PlanBuilder.Build(1, rows, new ModelSettings());
    }

    private static void Put(PaneStore store, DateTimeOffset time, DateTimeOffset now, double value, string segment = PaneStore.AllRows)
    {
        var rows = new RowBatch();
        rows.Feature("x").SetNumber(rows.AddRow(), value);
        var profile = new Profile(OneNumber);
        profile.Add(rows, [0]);
        store.Merge(segment, PaneKey.For(time, now), profile);
    }

    private static byte[] Everything(PaneStore store) => BytesOf(store.MergeRange(PaneStore.AllRows, DateTimeOffset.MinValue, DateTimeOffset.MaxValue));

    private static byte[] BytesOf(Profile profile) => Profiles.Samples.Bytes(profile);

    private static byte[] Bytes(PaneStore store)
    {
        var writer = new ByteWriter();
        store.Write(writer);
        return writer.ToArray();
    }
}
