using System.Globalization;
using System.Text.Json;

namespace Drift.Support;

/// <summary>A real Prometheus on a free loopback port that scrapes what a test serves. It ends with the test process.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    /// <summary>What to install where there is no Prometheus.</summary>
    internal const string Missing = "needs Prometheus and promtool: apt-get install prometheus (Debian, Ubuntu) or brew install prometheus (macOS)";

    private readonly HttpServerProcess _server;

    private PrometheusServer(HttpServerProcess server) => _server = server;

    /// <summary>Whether Prometheus and promtool are on this machine.</summary>
    public static bool IsAvailable => Executables.Find("prometheus") is not null && Executables.Find("promtool") is not null;

    /// <summary>Where it answers.</summary>
    public Uri Address => _server.Http.BaseAddress!;

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="targets">What to scrape, as <c>host:port</c>; the path is <c>/metrics</c>.</param>
    /// <param name="interval">How often to scrape and to evaluate rules; 200 ms when omitted.</param>
    /// <param name="ruleFiles">Rule files to load.</param>
    /// <param name="job">The label <c>job</c> of what is scraped.</param>
    /// <param name="past">Samples to begin with, as OpenMetrics with times; null for none.</param>
    public static async Task<PrometheusServer> StartAsync(
        IEnumerable<string> targets, TimeSpan? interval = null, IEnumerable<string>? ruleFiles = null, string job = "test", string? past = null)
    {
        var prometheus = Executables.Find("prometheus") ?? throw new InvalidOperationException($"This test {Missing}.");
        var folder = new TempDirectory("drift-prometheus-");
        try
        {
            await File.WriteAllTextAsync(folder["prometheus.yml"], Configuration(job, targets, interval ?? TimeSpan.FromMilliseconds(200), ruleFiles ?? []));
            if (past is not null)
                await LoadAsync(past, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        return new PrometheusServer(await HttpServerProcess.StartAsync(
            "Prometheus",
            folder,
            address =>
            [
                prometheus,
                $"--config.file={folder["prometheus.yml"]}",
                $"--storage.tsdb.path={folder["data"]}",
                $"--web.listen-address={address}",
                "--log.level=warn",
            ]));
    }

    /// <summary>Evaluates an instant query now.</summary>
    /// <returns>Its series; a scalar is one sample without labels.</returns>
    /// <exception cref="InvalidOperationException">Prometheus refused the query; the message is its own.</exception>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string query, CancellationToken cancellationToken = default)
    {
        using var form = new FormUrlEncodedContent([new("query", query)]);
        using var response = await _server.Http.PostAsync("api/v1/query", form, cancellationToken);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancellationToken));
        var root = answer.RootElement;
        if (root.GetProperty("status").GetString() != "success")
            throw new InvalidOperationException($"Prometheus refused '{query}': {root.GetProperty("error").GetString()}");

        var data = root.GetProperty("data");
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() switch
        {
            "vector" => [.. result.EnumerateArray().Select(s => new PrometheusSample(Labels(s.GetProperty("metric")), Value(s.GetProperty("value"))))],
            "scalar" => [new PrometheusSample(new Dictionary<string, string>(), Value(result))],
            var other => throw new InvalidOperationException($"'{query}' answers with a {other}; ask for a vector or a scalar."),
        };
    }

    /// <summary>Ends the server and removes its data.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Dictionary<string, string> Labels(JsonElement metric)
        => metric.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal);

    private static double Value(JsonElement pair) => pair[1].GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };

    private static async Task LoadAsync(string past, TempDirectory folder)
    {
        await File.WriteAllTextAsync(folder["past"], past);
        var result = await Promtool.CreateBlocksAsync(folder["past"], folder["data"]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"promtool does not take the samples of the past: {result.Output}");
        File.Delete(folder["past"]);
    }

    // JSON is YAML, and quotes what needs quoting.
    private static string Configuration(string job, IEnumerable<string> targets, TimeSpan interval, IEnumerable<string> ruleFiles)
    {
        var every = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)interval.TotalMilliseconds)}ms");
        return JsonSerializer.Serialize(new
        {
            global = new { scrape_interval = every, scrape_timeout = every, evaluation_interval = every },
            rule_files = ruleFiles.Select(Path.GetFullPath),
            scrape_configs = new[] { new { job_name = job, static_configs = new[] { new { targets = targets.ToArray() } } } },
        });
    }
}
