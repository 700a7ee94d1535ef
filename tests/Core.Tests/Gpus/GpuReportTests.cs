using Drift.Core.Gpus;

namespace Drift.Core.Tests.Gpus;

public sealed class GpuReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public void A_GPU_that_a_later_report_lacks_has_vanished_with_its_identity_kept()
    {
        var first = Report(0, Gpu("a", 0) with { TemperatureCelsius = 60, Model = "H" }, Gpu("b", 1)).After(null, Day);

        var next = Report(1, Gpu("b", 0)).After(first, Day);

        Assert.Equal([("a", GpuState.Vanished), ("b", GpuState.Present)], next.Gpus.Select(g => (g.Uuid, g.State)));
        Assert.Equal(("H", null, Noon.AddMinutes(1)), (next.Gpus[0].Model, next.Gpus[0].TemperatureCelsius, next.Gpus[0].StateSince));
        Assert.Equal(Noon, next.Gpus[1].StateSince);
    }

    [Fact]
    public void A_state_that_lasts_keeps_its_beginning_and_one_that_changes_begins_anew()
    {
        var report = Report(0, Gpu("a", 0)).After(null, Day);
        report = Report(1).After(report, Day);
        report = Report(2).After(report, Day);
        Assert.Equal((GpuState.Vanished, Noon.AddMinutes(1)), (report.Gpus[0].State, report.Gpus[0].StateSince));

        report = Report(3, Gpu("a", 0)).After(report, Day);
        Assert.Equal((GpuState.Present, Noon.AddMinutes(3)), (Assert.Single(report.Gpus).State, report.Gpus[0].StateSince));
    }

    [Fact]
    public void A_driver_that_does_not_answer_says_nothing_of_its_GPUs()
    {
        var first = Report(0, Gpu("a", 0)).After(null, Day);

        var silent = (Report(1) with { State = GpuDriverState.DriverNotLoaded }).After(first, Day);

        Assert.Equal(GpuState.Unknown, Assert.Single(silent.Gpus).State);
        Assert.Equal(GpuState.Vanished, Assert.Single((Report(2) with { State = GpuDriverState.NoDevices }).After(silent, Day).Gpus).State);
    }

    [Fact]
    public void What_vanished_long_ago_is_forgotten()
    {
        var report = Report(0, Gpu("a", 0), Gpu("b", 1)).After(null, Day);
        report = Report(1, Gpu("b", 0)).After(report, Day);
        Assert.Equal(2, Report(1 + (24 * 60), Gpu("b", 0)).After(report, Day).Gpus.Count);
        Assert.Equal("b", Assert.Single(Report(2 + (24 * 60), Gpu("b", 0)).After(report, Day).Gpus).Uuid);
    }

    [Fact]
    public void A_mask_has_a_word_for_each_bit_and_unknown_bits_have_their_number()
    {
        Assert.Empty(ThrottleReasons.Words(0));
        Assert.Equal(["gpu_idle", "sw_power_cap", "bit_9", "bit_40"], ThrottleReasons.Words(0x5 | (1L << 9) | (1L << 40)));
        Assert.Equal(["bit_63"], ThrottleReasons.Words(long.MinValue));
    }

    [Fact]
    public void Heat_and_lack_of_power_are_harmful_and_a_power_cap_is_not()
    {
        Assert.False(ThrottleReasons.IsHarmful(0x1 | 0x2 | 0x4 | 0x10 | 0x100));
        foreach (var word in ThrottleReasons.Harmful)
        {
            var mask = Enumerable.Range(0, 9).Select(bit => 1L << bit).Single(bit => ThrottleReasons.Words(bit)[0] == word);
            Assert.True(ThrottleReasons.IsHarmful(mask), word);
            Assert.True(ThrottleReasons.Has(mask, word), word);
            Assert.False(ThrottleReasons.Has(~mask, word), word);
        }
    }

    private static GpuReport Report(int minute, params GpuReading[] gpus) => new() { At = Noon.AddMinutes(minute), Gpus = gpus };

    private static GpuReading Gpu(string uuid, int index) => new() { Uuid = uuid, Index = index };
}
