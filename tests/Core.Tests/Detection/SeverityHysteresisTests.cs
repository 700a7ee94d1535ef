using Drift.Core.Codec;
using Drift.Core.Detection;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Detection;

public sealed class SeverityHysteresisTests
{
    private static readonly HysteresisSettings TwoOfThree = new() { OpenAfter = 2, OpenOf = 3, CloseAfter = 3, CloseOf = 3 };

    // n none, w warning, m moderate, c critical; the expected severity after each.
    [Theory]
    [InlineData("w", "n")]
    [InlineData("ww", "nw")]
    [InlineData("cc", "nc")]
    [InlineData("wc", "nw")]
    [InlineData("wcc", "nwc")]
    [InlineData("wmwmwm", "nwwmmm")]
    [InlineData("ccwww", "ncccw")]
    [InlineData("ccwwcwww", "nccccccw")]
    [InlineData("ccnnn", "ncccn")]
    [InlineData("ccmmmwwwnnn", "ncccmmmwwwn")]
    [InlineData("cnncnn", "nnnnnn")]
    public void A_severity_is_reached_and_left_only_when_it_holds(string evaluations, string severities)
    {
        var hysteresis = new SeverityHysteresis();
        Assert.Equal(severities, string.Concat(evaluations.Select(e => Letter(hysteresis.Observe(Of(e), TwoOfThree)))));
    }

    [Fact]
    public void What_was_seen_survives_encoding()
    {
        const string evaluations = "cwcnmwwwccnnnmmc";
        var whole = new SeverityHysteresis();
        var stored = new SeverityHysteresis();
        foreach (var evaluation in evaluations)
        {
            var writer = new ByteWriter(64);
            stored.Write(writer);
            var reader = new ByteReader(writer.ToArray(), "hysteresis");
            stored = SeverityHysteresis.Read(ref reader);
            reader.End();

            Assert.Equal(whole.Observe(Of(evaluation), TwoOfThree), stored.Observe(Of(evaluation), TwoOfThree));
        }
    }

    private static Severity Of(char letter) => (Severity)"nwmc".IndexOf(letter, StringComparison.Ordinal);

    private static char Letter(Severity severity) => "nwmc"[(int)severity];
}
