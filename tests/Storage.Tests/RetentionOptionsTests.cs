using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests;

public sealed class RetentionOptionsTests
{
    [Fact]
    public void Defaults_are_ninety_days_thirty_days_and_an_hour()
    {
        var options = Bind([]);

        Assert.Equal((90, 30, 1), (options.DriftMetrics.TotalDays, options.Predictions.TotalDays, options.Interval.TotalHours));
    }

    [Fact]
    public void They_are_read_from_their_section()
    {
        var options = Bind(new() { ["Drift:Retention:DriftMetrics"] = "7.00:00:00", ["Drift:Retention:Predictions"] = "12:00:00", ["Drift:Retention:Interval"] = "00:05:00" });

        Assert.Equal((7, 12, 5), (options.DriftMetrics.TotalDays, options.Predictions.TotalHours, options.Interval.TotalMinutes));
    }

    [Fact]
    public void Every_value_out_of_range_is_named_with_its_key()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Bind(new()
        {
            ["Drift:Retention:DriftMetrics"] = "-1.00:00:00",
            ["Drift:Retention:Predictions"] = "00:00:59",
            ["Drift:Retention:GpuRaw"] = "01:59:59",
            ["Drift:Retention:GpuMinutes"] = "23:59:59",
            ["Drift:Retention:GpuHours"] = "40000.00:00:00",
            ["Drift:Retention:Interval"] = "25:00:00:00",
        }));

        Assert.Collection(
            failure.Failures,
            f => Assert.Equal("Drift:Retention:DriftMetrics must be from 00:01:00 to 36500.00:00:00 (days.hours:minutes:seconds), but is '-1.00:00:00'.", f),
            f => Assert.StartsWith("Drift:Retention:Predictions must be from 00:01:00", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Drift:Retention:GpuRaw must be from 02:00:00", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Drift:Retention:GpuMinutes must be from 1.00:00:00", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Drift:Retention:GpuHours must be from 1.00:00:00 to 36500", f, StringComparison.Ordinal),
            f => Assert.EndsWith("but is '25.00:00:00'.", f, StringComparison.Ordinal));
    }

    private static RetentionOptions Bind(Dictionary<string, string?> settings)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDriftSqlite("unused.db")
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<RetentionOptions>>().Value;
    }
}
