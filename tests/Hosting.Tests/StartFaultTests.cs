using Drift.Actors;
using Drift.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Drift.Hosting.Tests;

public sealed class StartFaultTests
{
    [Fact]
    public void Every_fault_of_the_options_is_named()
    {
        var said = StartFault.Explain(new AggregateException(
            new OptionsValidationException("a", typeof(object), ["A:X is 0", "A:Y is 7"]), new OptionsValidationException("b", typeof(object), ["B:Z is -1"])));

        Assert.Equal(["Not started, the configuration cannot work:", "  A:X is 0", "  A:Y is 7", "  B:Z is -1"], said!.ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void What_an_operator_can_mend_is_said_in_one_line()
    {
        Assert.Equal("Not started: The disk is full.", StartFault.Explain(new DriftException(DriftError.Unavailable, "The disk is full.")));
        Assert.Equal("Not started: It is newer.", StartFault.Explain(new MigrationException("It is newer.")));
        Assert.Equal("Not started: In use.", StartFault.Explain(new IOException("In use.")));
    }

    [Theory]
    [InlineData("A:B", "Failed to convert configuration value 'x' at 'A:B' to type")]
    [InlineData("A:B:0", "Failed to convert configuration value 'x' at 'A:B:0' to type")]
    public void A_text_where_members_are_expected_is_named_by_its_key_and_value(string key, string named)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, "x")]).Build();
        var thrown = Assert.Throws<InvalidOperationException>(() => configuration.GetSection("A:B").Bind(new List<OptionsOfAPart>(), b => b.ErrorOnUnknownConfiguration = true));

        Assert.Contains(named, StartFault.Explain(thrown), StringComparison.Ordinal);
    }

    private sealed class OptionsOfAPart
    {
        public int Minutes { get; set; }
    }

    [Fact]
    public void A_fault_of_ours_is_not_explained_away() => Assert.Null(StartFault.Explain(new InvalidOperationException("a bug")));
}
