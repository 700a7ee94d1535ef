using System.Text.Json;
using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;
using Xunit.Abstractions;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>
/// Real data sets through HTTP give the values that numpy, scipy and scikit-learn give, in whatever format they are sent.
/// </summary>
public sealed class DataAcceptanceTests(ITestOutputHelper output)
{
    private const string Textbook = """, "smoothing": "epsilon", "epsilon": 1e-4, "missing": "drop", "bins": "quantile", "min_rows": 100""";

    // Statistic in a verdict, name in the expected files.
    private static readonly (string Name, string Plain)[] Statistics =
    [
        ("psi", "psi_eps0.0001"), ("kl", "kl_ref_cur_eps0.0001"), ("js", "js_distance_base2"), ("hellinger", "hellinger"), ("l_infinity", "l_infinity"),
    ];

    [DataTheory]
    [InlineData("titanic", "json")]
    [InlineData("titanic", "csv")]
    [InlineData("titanic", "ndjson")]
    [InlineData("titanic", "columnar")]
    [InlineData("bike_hour", "columnar")]
    [InlineData("bike_hour", "ndjson")]
    [InlineData("adult", "csv")]
    [InlineData("adult", "json")]
    public async Task Statistics_and_performance_are_those_of_numpy_scipy_and_scikit_learn(string name, string format)
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        var data = new DataSet(name);
        await server.SendDataAsync(data, format, data.Settings(Textbook));

        var verdict = (await server.GetAsync("/v1/models/m/drift?window=1h")).Expect(200);
        Assert.Equal("ok", verdict["status"].GetString());
        Assert.Equal(Length(data.Current), verdict["rows"].GetInt64());
        Assert.Equal(Length(data.Reference), verdict["reference_rows"].GetInt64());
        var columns = verdict["features"].EnumerateArray().ToDictionary(f => $"{f.GetProperty("role")}/{f.GetProperty("name")}");
        foreach (var column in data.Numeric)
            CompareNumeric(data, column, columns[$"feature/{column}"]);
        foreach (var column in data.Categorical)
            CompareCategorical(data, column, columns[$"feature/{column}"]);
        if (data.Expected.TryGetProperty("performance", out var performance))
            ComparePerformance(performance, (await server.GetAsync("/v1/models/m/performance?window=1h")).Expect(200), data.Task);
        Assert.Empty(server.Errors.Entries);
    }

    [DataFact]
    public async Task Default_smoothing_gives_other_values_where_a_category_is_empty()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        var data = new DataSet("bike_hour");
        await server.SendDataAsync(data, "csv", data.Settings());

        var verdict = (await server.GetAsync("/v1/models/m/drift")).Expect(200);
        var season = verdict["features"].EnumerateArray().Single(f => f.GetProperty("name").GetString() == "season").GetProperty("psi").GetDouble();
        var plain = data.Expected.GetProperty("categorical").GetProperty("season").GetProperty("plain").GetProperty("psi_eps0.0001").GetDouble();
        Assert.InRange(season, 0.3, 10);
        Assert.True(Math.Abs(season - plain) > 0.01 * plain, $"jeffreys gives {season}, epsilon gives {plain}");
    }

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private static void CompareNumeric(DataSet data, string column, JsonElement actual)
    {
        var plain = data.Expected.GetProperty("numeric").GetProperty(column).GetProperty("plain");
        var table = plain.GetProperty("quantile10");
        foreach (var (name, expected) in Statistics)
            Near(table.GetProperty(expected).GetDouble(), actual.GetProperty(name).GetDouble(), 1e-9, $"{column} {name}");

        Assert.InRange(actual.GetProperty("ks").GetDouble() - plain.GetProperty("ks_statistic").GetDouble(), -0.01, 0.01);
        Near(plain.GetProperty("wasserstein_norm_std_ref_ddof0").GetDouble(), actual.GetProperty("wasserstein").GetDouble(), 0.02, $"{column} wasserstein");
    }

    private void CompareCategorical(DataSet data, string column, JsonElement actual)
    {
        var expected = data.Expected.GetProperty("categorical").GetProperty(column);
        if (expected.GetProperty("quality").GetProperty("unseen_rows_cur").GetInt64() > 0)
        {
            CompareRecomputed(data, column, actual);
            return;
        }

        var plain = expected.GetProperty("plain");
        foreach (var (name, file) in Statistics.Append(("chi2", "chi2_statistic_no_yates")))
            Near(plain.GetProperty(file).GetDouble(), actual.GetProperty(name).GetDouble(), 1e-9, $"{column} {name}");
    }

    // The files give each unseen category a bin of its own; here they share one.
    private void CompareRecomputed(DataSet data, string column, JsonElement actual)
    {
        var categories = data.Categories(column, data.Reference);
        var reference = data.Counts(column, data.Reference, categories);
        var current = data.Counts(column, data.Current, categories);
        double n = reference.Sum(), m = current.Sum();
        Assert.True(current[^1] > 0, $"{column} has unseen rows");
        output.WriteLine($"{column}: recomputed with one bin for {current[^1]} unseen rows");
        double psi = 0, kl = 0, js = 0, overlap = 0, largest = 0, chi = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            if (reference[i] == 0 && current[i] == 0)
                continue;
            double p = reference[i] / n, q = current[i] / m, middle = (p + q) / 2;
            double smoothP = p == 0 ? 1e-4 : p, smoothQ = q == 0 ? 1e-4 : q;
            psi += (smoothQ - smoothP) * Math.Log(smoothQ / smoothP);
            kl += smoothP * Math.Log(smoothP / smoothQ);
            js += 0.5 * ((p == 0 ? 0 : p * Math.Log2(p / middle)) + (q == 0 ? 0 : q * Math.Log2(q / middle)));
            overlap += Math.Sqrt(p * q);
            largest = Math.Max(largest, Math.Abs(p - q));
            double rows = reference[i] + current[i], expectedReference = rows * n / (n + m), expectedCurrent = rows * m / (n + m);
            chi += (Math.Pow(reference[i] - expectedReference, 2) / expectedReference) + (Math.Pow(current[i] - expectedCurrent, 2) / expectedCurrent);
        }

        foreach (var (name, value) in (IEnumerable<(string, double)>)
            [("psi", psi), ("kl", kl), ("js", Math.Sqrt(js)), ("hellinger", Math.Sqrt(1 - overlap)), ("l_infinity", largest), ("chi2", chi)])
            Near(value, actual.GetProperty(name).GetDouble(), 1e-9, $"{column} {name}");
    }

    private static void ComparePerformance(JsonElement expected, Answer actual, string task)
    {
        (string Name, string File)[] figures = task == "regression"
            ? [("mae", "mae"), ("rmse", "rmse"), ("r2", "r2"), ("mape", "mape_sklearn"), ("bias", "mean_error")]
            : [("accuracy", "accuracy"), ("precision", "precision"), ("recall", "recall"), ("f1", "f1"), ("log_loss", "log_loss"), ("brier", "brier")];
        foreach (var (side, file) in (IEnumerable<(string, string)>)[("reference", "reference"), ("current", "analysis")])
        {
            var report = actual[side];
            var wanted = expected.GetProperty(file);
            Assert.Equal(wanted.GetProperty("n").GetInt64(), report.GetProperty("labelled").GetInt64());
            foreach (var (name, other) in figures)
                Near(wanted.GetProperty(other).GetDouble(), report.GetProperty(name).GetDouble(), 1e-6, $"{side} {name}");
            if (task == "binary")
                Assert.InRange(report.GetProperty("roc_auc").GetDouble() - wanted.GetProperty("roc_auc").GetDouble(), -0.002, 0.002);
        }
    }

    private static void Near(double expected, double actual, double relative, string what) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"{what} is {actual:R}, expected {expected:R}");
}
