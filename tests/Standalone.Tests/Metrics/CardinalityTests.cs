using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Drift.Actors;
using Drift.Actors.Instruments;
using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Quality;
using Drift.Telemetry.Exposition;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Standalone.Tests.Metrics;

/// <summary>What many models with many columns make of <c>/metrics</c>.</summary>
public sealed class CardinalityTests : IDisposable
{
    private const int Models = 1_000;
    private const int Features = 100;
    private const int MaxSeries = 20_000;

    private static readonly string[] Windows = ["1h", "24h", "7d"];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ModelInstruments _instruments;
    private readonly MetricRegistry _registry;
    private readonly ArrayBufferWriter<byte> _output = new(32 << 20);

    public CardinalityTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        // Only this test's instruments: others of the same name live in this process.
        _registry = new MetricRegistry(new MetricRegistryOptions { Meters = [ModelInstruments.MeterName], Include = i => ReferenceEquals(i.Meter.Scope, meters) });
        _instruments = new ModelInstruments(meters, Options.Create(new ModelInstrumentsOptions()));
    }

    public void Dispose()
    {
        _instruments.Dispose();
        _registry.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_thousand_models_of_a_hundred_features_stay_under_the_cap_and_none_is_dropped()
    {
        PublishAll(Models);

        var lines = Scrape();

        var instruments = lines.GroupBy(l => l[..l.IndexOf('{', StringComparison.Ordinal)]).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(instruments, i => Assert.InRange(i.Value, 1, MaxSeries));
        Assert.DoesNotContain("drift_metrics_series_dropped_total", instruments.Keys);
        // Per window, per column, per model: the table in docs/metrics.md.
        Assert.Equal((9 * Windows.Length * Models) + (6 * MaxSeries) + (6 * Models), lines.Count);
    }

    [Fact]
    public void Every_model_has_the_same_share_of_columns_the_worst_first_and_says_how_many_are_left_out()
    {
        PublishAll(Models);

        var lines = Scrape();

        var shown = lines.Where(l => l.StartsWith("data_drift_psi{", StringComparison.Ordinal)).GroupBy(Model).ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal(Models, shown.Count);
        Assert.All(shown.Values, columns => Assert.Equal(Enumerable.Range(0, 20).Select(i => $"feature_{i}").Order(StringComparer.Ordinal), columns.Select(Feature)));
        Assert.All(lines.Where(l => l.StartsWith("drift_feature_series_left_out{", StringComparison.Ordinal)), l => Assert.EndsWith(" 80", l, StringComparison.Ordinal));
        Assert.Equal(20 * Models, lines.Count(l => l.StartsWith("outliers_count{", StringComparison.Ordinal)));
    }

    [Fact]
    public void Few_models_have_all_their_columns()
    {
        PublishAll(3);

        Assert.Equal(3 * Features, Scrape().Count(l => l.StartsWith("data_drift_pvalue{", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Models)]
    public void A_scrape_allocates_the_tags_of_its_series_and_nothing_that_grows_faster(int models)
    {
        PublishAll(models);
        for (var i = 0; i < 3; i++)
            Write();
        PublishAll(models);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Three tags of 16 bytes in an array are 72 bytes; the rest is what a model's shown columns take.
        Assert.InRange(allocated / (double)Lines().Count, 1, 128);
    }

    private void PublishAll(int models)
    {
        for (var model = 0; model < models; model++)
            Publish(ModelId.Create("default", string.Create(CultureInfo.InvariantCulture, $"model-{model}")));
    }

    private void Publish(ModelId model)
    {
        ColumnVerdict[] columns = [.. Enumerable.Range(0, Features).Select(i => new ColumnVerdict
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"feature_{i}"), Psi = 1.0 / (i + 1), QValue = 0.5,
        })];
        _instruments.Publish(model, new ModelGauges(
            [.. Windows.Select(w => new Verdict
            {
                Window = w, Kl = 0.1, Psi = 0.1, Js = 0.1, CombinedScore = 0.3, ReferenceAccuracy = 0.9, CurrentAccuracy = 0.8, Features = columns,
            })],
            new PerformanceReport { Accuracy = 0.8, Precision = 0.7, Recall = 0.6, F1 = 0.65 },
            new QualityReport
            {
                Rows = 1_000,
                DataQualityScore = 1,
                Columns = [.. columns.Select(c => new ColumnQuality
                {
                    Name = c.Name, Role = ColumnRole.Feature, Rows = 1_000, Missing = 0, Mismatched = 0, NonFinite = 0, OutOfRange = 0, Unseen = 0, Outliers = 0,
                })],
            }));
    }

    private List<string> Scrape()
    {
        Write();
        return Lines();
    }

    private void Write()
    {
        _output.ResetWrittenCount();
        _registry.Write(_output, ExpositionFormat.PrometheusText);
    }

    private List<string> Lines() => [.. Encoding.UTF8.GetString(_output.WrittenSpan).Split('\n').Where(l => l is not ("" or ['#', ..]))];

    private static string Model(string line) => Label(line, "model");

    private static string Feature(string line) => Label(line, "feature");

    private static string Label(string line, string name)
    {
        var start = line.IndexOf($"{name}=\"", StringComparison.Ordinal) + name.Length + 2;
        return line[start..line.IndexOf('"', start)];
    }
}
