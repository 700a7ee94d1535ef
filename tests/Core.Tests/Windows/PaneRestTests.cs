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
            PaneStore held = new(plan), open = new(plan);
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
                        held = Reread(held, plan);
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

    private static PaneStore Reread(PaneStore panes, Core.Plans.Plan plan)
    {
        var writer = new ByteWriter();
        panes.Write(writer);
        var reader = new ByteReader(writer.Written, "panes");
        var read = PaneStore.Read(ref reader, plan);
        reader.End();
        return read;
    }

    private static byte[] Bytes(Profile profile)
    {
        var writer = new ByteWriter();
        profile.Write(writer);
        return writer.ToArray();
    }
}
