using Drift.Core.Codec;
using Drift.Core.Profiles;
using Drift.Core.Settings;
using Drift.Core.Tests.Profiles;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Windows;

/// <summary>How panes are held (open, encoded, merged for a window ahead) must never show in what they count.</summary>
public sealed class PaneRestTests
{
    [Theory]
    [InlineData(ModelTask.None)]
    [InlineData(ModelTask.Binary)]
    [InlineData(ModelTask.Multiclass)]
    [InlineData(ModelTask.Regression)]
    public void Windows_of_panes_that_rest_roll_up_and_come_back_equal_those_of_panes_held_open(ModelTask task)
    {
        var plan = Samples.Plan(task);
        for (var seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            var profiler = new Profiler();
            var now = Samples.Now;
            var shelf = new CountingShelf();
            PaneStore held = new(plan, shelf), open = new(plan);
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(6))
                {
                    case 0:
                        held.RollUp(now);
                        break;
                    case 1:
                        held.Rest();
                        break;
                    case 2:
                        held = Reread(held, plan, shelf);
                        break;
                    case 3:
                        now += TimeSpan.FromSeconds(random.Next(4) switch { 0 => 1, 1 => 61, 2 => 3601, _ => 20_000 });
                        break;
                    default:
                        foreach (var (segment, pane, profile) in Delta.Decode(profiler.Bin(Samples.Batch(random, 5, task), plan, now), plan))
                        {
                            held.Merge(segment, pane, profile);
                            open.Merge(segment, pane, profile);
                        }

                        break;
                }

                foreach (var window in Window.All.Select(Window.Parse))
                {
                    var from = PaneKey.For(now - window.Length, now).Start;
                    foreach (var segment in (string[])[PaneStore.AllRows, "region=r1"])
                        Assert.Equal(Bytes(open.MergeRange(segment, from, DateTimeOffset.MaxValue)), Bytes(held.MergeWindow(segment, window, now)));
                }
            }

            Assert.NotEqual(0, shelf.Puts);
            held.Dispose();
            Assert.Equal(0, shelf.Count);
        }
    }

    [Fact]
    public void A_pane_that_opens_again_counts_the_late_rows_and_the_old_ones()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var panes = new PaneStore(plan);
        var random = new Random(1);
        var profiler = new Profiler();
        var window = Window.Parse("7d");
        long rows = 0;
        for (var i = 0; i < 10; i++)
        {
            foreach (var (segment, pane, profile) in Delta.Decode(profiler.Bin(Samples.Batch(random, 50, ModelTask.Binary), plan, Samples.Now), plan))
                panes.Merge(segment, pane, profile);
            rows += 50;
            Assert.Equal(rows, panes.MergeWindow(PaneStore.AllRows, window, Samples.Now).Rows);
            panes.Rest();
            Assert.Equal(rows, panes.MergeWindow(PaneStore.AllRows, window, Samples.Now).Rows);
        }
    }

    [Fact]
    public void Rows_of_many_past_minutes_leave_few_panes_open_and_count_where_they_belong()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var shelf = new CountingShelf();
        PaneStore held = new(plan, shelf), open = new(plan);
        var random = new Random(4);
        var profiler = new Profiler();
        held.RollUp(Samples.Now);
        for (var round = 0; round < 3; round++)
        {
            for (var minute = 1; minute <= 100; minute++)
            {
                var at = Samples.Now - TimeSpan.FromMinutes(minute);
                foreach (var (segment, _, profile) in Delta.Decode(profiler.Bin(Samples.Batch(random, 20, ModelTask.Binary), plan, at), plan))
                {
                    var pane = PaneKey.For(at, Samples.Now);
                    held.Merge(segment, pane, profile);
                    open.Merge(segment, pane, profile);
                }

                // Four of the past and the one of now.
                Assert.InRange(held.OpenCount, 0, 5 * held.Segments.Count());
            }

            Assert.Equal(Bytes(open.MergeRange(PaneStore.AllRows, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), Bytes(held.MergeWindow(PaneStore.AllRows, Window.Parse("24h"), Samples.Now)));
        }

        held.RollUp(Samples.Now + TimeSpan.FromHours(5));
        Assert.Equal(0, held.OpenCount);
        Assert.Equal(Bytes(open.MergeRange(PaneStore.AllRows, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), Bytes(held.MergeWindow(PaneStore.AllRows, Window.Parse("24h"), Samples.Now + TimeSpan.FromHours(5))));
        held.Dispose();
        Assert.Equal(0, shelf.Count);
    }

    [Fact]
    public void Late_panes_that_age_while_they_are_open_leave_nothing_on_the_shelf()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var shelf = new CountingShelf();
        var panes = new PaneStore(plan, shelf);
        var random = new Random(5);
        var profiler = new Profiler();
        var now = Samples.Now;
        panes.RollUp(now);
        for (var day = 1; day < 40; day++)
        {
            // As many of the past as stay open, the first of them about to be dropped; then a leap over an hour, a day, or all days that are kept.
            foreach (var at in (DateTimeOffset[])[now, now.AddDays(-61), now.AddMinutes(-61), now.AddMinutes(-62), now.AddHours(-25)])
            {
                foreach (var (segment, _, profile) in Delta.Decode(profiler.Bin(Samples.Batch(random, 30, ModelTask.Binary), plan, at), plan))
                    panes.Merge(segment, PaneKey.For(at, now), profile);
            }

            now += TimeSpan.FromHours((day % 3) switch { 0 => 1.5, 1 => 26, _ => 24 * 63 });
            panes.RollUp(now);
        }

        panes.Dispose();
        Assert.NotEqual(0, shelf.Puts);
        Assert.Equal(0, shelf.Count);
    }

    [Fact]
    public void A_shelf_without_room_shows_in_no_figure()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var shelf = new CountingShelf();
        PaneStore held = new(plan, shelf), open = new(plan);
        var random = new Random(3);
        var profiler = new Profiler();
        var now = Samples.Now;
        for (var minute = 0; minute < 200; minute++, now += TimeSpan.FromMinutes(1))
        {
            shelf.HasRoom = minute % 2 == 0;
            foreach (var (segment, pane, profile) in Delta.Decode(profiler.Bin(Samples.Batch(random, 40, ModelTask.Binary), plan, now), plan))
            {
                held.Merge(segment, pane, profile);
                open.Merge(segment, pane, profile);
            }

            held.RollUp(now);
        }

        Assert.NotEqual(0, shelf.Refused);
        Assert.InRange(shelf.Count, 1, held.Count - 1);
        Assert.Equal(Bytes(open.MergeRange(PaneStore.AllRows, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), Bytes(held.MergeWindow(PaneStore.AllRows, Window.Parse("7d"), now)));
    }

    [Fact]
    public void A_pane_that_cannot_be_read_from_the_shelf_is_told_and_makes_the_store_of_no_more_use()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var shelf = new CountingShelf();
        using var panes = new PaneStore(plan, shelf);
        foreach (var (segment, pane, profile) in Delta.Decode(new Profiler().Bin(Samples.Batch(new Random(1), 50, ModelTask.Binary), plan, Samples.Now), plan))
            panes.Merge(segment, pane, profile);
        panes.Rest();
        Assert.False(panes.IsLost);
        shelf.Failure = new IOException("The disk is gone.");

        Assert.Same(shelf.Failure, Assert.Throws<IOException>(() => panes.MergeRange(PaneStore.AllRows, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)));

        Assert.True(panes.IsLost);
    }

    [Fact]
    public void A_store_that_is_disposed_gives_nothing_out_that_looks_like_a_model_without_rows()
    {
        var plan = Samples.Plan(ModelTask.Binary);
        var panes = new PaneStore(plan);
        panes.Dispose();

        Assert.Throws<ObjectDisposedException>(() => panes.Write(new ByteWriter()));
        Assert.Throws<ObjectDisposedException>(() => panes.MergeWindow(PaneStore.AllRows, Window.Parse("1h"), Samples.Now));
        Assert.Throws<ObjectDisposedException>(() => panes.Merge(PaneStore.AllRows, PaneKey.For(Samples.Now, Samples.Now), new Profile(plan)));
    }

    private static PaneStore Reread(PaneStore panes, Core.Plans.Plan plan, IPaneShelf shelf)
    {
        var writer = new ByteWriter();
        panes.Write(writer);
        var reader = new ByteReader(writer.Written, "panes");
        var read = PaneStore.Read(ref reader, plan, shelf);
        reader.End();
        panes.Dispose();
        return read;
    }

    private static byte[] Bytes(Profile profile)
    {
        var writer = new ByteWriter();
        profile.Write(writer);
        return writer.ToArray();
    }
}
