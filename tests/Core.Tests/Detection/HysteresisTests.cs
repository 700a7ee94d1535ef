using Drift.Core.Codec;
using Drift.Core.Detection;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Detection;

public sealed class HysteresisTests
{
    private static readonly HysteresisSettings TwoOfThree = new() { OpenAfter = 2, OpenOf = 3, CloseAfter = 3, CloseOf = 3 };

    // d drifted, q quiet, i insufficient; the expected state after each.
    [Theory]
    [InlineData("d", "-")]
    [InlineData("dd", "-o")]
    [InlineData("dqd", "--o")]
    [InlineData("dqqd", "----")]
    [InlineData("ddqqq", "-ooo-")]
    [InlineData("ddqqdqqq", "-oooooo-")]
    [InlineData("ddqiqiq", "-ooooo-")]
    [InlineData("iiii", "----")]
    [InlineData("ddqqqdd", "-ooo--o")]
    public void State_opens_after_k_of_n_and_closes_after_k_of_n(string evaluations, string states)
    {
        var hysteresis = new Hysteresis();
        var seen = "";
        foreach (var evaluation in evaluations)
        {
            var before = hysteresis.IsOpen;
            var changed = hysteresis.Observe(Of(evaluation), TwoOfThree);
            Assert.Equal(before != hysteresis.IsOpen, changed);
            seen += hysteresis.IsOpen ? 'o' : '-';
        }

        Assert.Equal(states, seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("ddqq")]
    public void A_decoded_state_goes_on_as_the_encoded_one(string evaluations)
    {
        var original = new Hysteresis();
        foreach (var evaluation in evaluations)
            original.Observe(Of(evaluation), TwoOfThree);
        var writer = new ByteWriter();
        original.Write(writer);
        var reader = new ByteReader(writer.Written, "hysteresis");
        var decoded = Hysteresis.Read(ref reader);

        Assert.Equal(0, reader.Remaining);
        foreach (var evaluation in "qdqddqqqdd")
        {
            Assert.Equal(original.Observe(Of(evaluation), TwoOfThree), decoded.Observe(Of(evaluation), TwoOfThree));
            Assert.Equal(original.IsOpen, decoded.IsOpen);
        }
    }

    [Fact]
    public void A_hundred_of_a_hundred_opens_with_the_hundredth()
    {
        var settings = new HysteresisSettings { OpenAfter = 100, OpenOf = 100, CloseAfter = 1, CloseOf = 1 };
        var hysteresis = new Hysteresis();
        for (var i = 0; i < 99; i++)
            Assert.False(hysteresis.Observe(Of('d'), settings));
        Assert.True(hysteresis.Observe(Of('d'), settings));
        Assert.True(hysteresis.Observe(Of('q'), settings));
        Assert.False(hysteresis.IsOpen);
    }

    private static Verdict Of(char evaluation) => new()
    {
        Status = evaluation == 'i' ? VerdictStatus.Insufficient : VerdictStatus.Ok,
        DriftDetected = evaluation == 'd',
    };
}
