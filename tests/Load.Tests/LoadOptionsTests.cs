namespace Drift.Load.Tests;

public sealed class LoadOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.1.2.3:1/")]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:8080")]
    public void An_address_of_this_machine_is_taken(string url) => Assert.Empty(new LoadOptions { Url = new Uri(url) }.Faults());

    [Theory]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("http://example.org")]
    [InlineData("http://localhost.example.org")]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[2001:db8::1]:8080")]
    [InlineData("https://127.0.0.1:8080")]
    public void Any_other_address_is_refused(string url)
    {
        var options = new LoadOptions { Url = new Uri(url) };
        Assert.Contains("this machine only", Assert.Single(options.Faults()), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LoadGenerator(options));
    }

    [Fact]
    public void Every_fault_is_named()
    {
        var options = new LoadOptions
        {
            Url = new Uri("http://127.0.0.1"), Connections = 0, Rate = 0, BatchRows = 0, NumericColumns = 0, Digits = 16, Models = 0, Skew = double.NaN,
            ReferenceRows = -1, Duration = TimeSpan.Zero, Resend = 1, Run = "", Key = "two\nlines",
        };
        string[] named = ["--connections", "--rate", "--batch", "--numeric", "--digits", "--models", "--skew", "--reference-rows", "--seconds", "--resend", "--run", "--key"];
        Assert.Equal(named.Length, options.Faults().Count());
        foreach (var name in named)
            Assert.Contains(options.Faults(), f => f.Contains(name, StringComparison.Ordinal));
    }
}
