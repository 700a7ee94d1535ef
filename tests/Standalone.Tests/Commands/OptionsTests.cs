using Drift.Standalone.Commands;

namespace Drift.Standalone.Tests.Commands;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("20s", 20)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    public void TryTime_NumberAndUnit_IsRead(string text, double seconds)
    {
        Assert.True(Options.TryTime(text, out var time));
        Assert.Equal(TimeSpan.FromSeconds(seconds), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e9h")]
    [InlineData("1.2.3s")]
    public void TryTime_AnythingElse_IsRefused(string text) => Assert.False(Options.TryTime(text, out _));

    [Theory]
    [InlineData("5-5")]
    [InlineData("6-5")]
    [InlineData("-5")]
    [InlineData("a-b")]
    [InlineData("1-2-3")]
    public void RowRange_Unordered_IsRefused(string text) => Assert.False(RowRange.TryParse(text, out _));
}
