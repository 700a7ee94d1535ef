using Drift.Storage.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests.Journal;

public sealed class JournalOptionsTests
{
    [Fact]
    public void They_are_read_from_their_section()
    {
        Assert.Equal((10_000, 268_435_456), (Bind([]).MaxPending, Bind([]).MaxPendingBytes));

        var options = Bind(new() { ["Drift:Journal:MaxPending"] = "7", ["Drift:Journal:MaxPendingBytes"] = "1048576" });

        Assert.Equal((7, 1_048_576), (options.MaxPending, options.MaxPendingBytes));
    }

    [Fact]
    public void Every_value_out_of_range_is_named_with_its_key()
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Bind(new() { ["Drift:Journal:MaxPending"] = "0", ["Drift:Journal:MaxPendingBytes"] = "1000" }));

        Assert.Equal(
            ["Drift:Journal:MaxPending must be from 1 to 1000000, but is 0.", "Drift:Journal:MaxPendingBytes must be from 1048576 to 68719476736, but is 1000."],
            failure.Failures);
    }

    private static JournalOptions Bind(Dictionary<string, string?> settings)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDriftSqlite("unused.db")
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<JournalOptions>>().Value;
    }
}
