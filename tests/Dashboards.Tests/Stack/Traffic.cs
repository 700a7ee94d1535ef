using System.Globalization;
using Drift.Core.Rows;
using Drift.Standalone.Client;
using Drift.Standalone.Demo;
using Drift.Standalone.Replay;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>The rows of four made-up models over HTTP: two drift when told to, one loses accuracy by it, two stay quiet or have no score.</summary>
internal sealed class Traffic(Uri server, HttpClient http)
{
    private const int ReferenceRows = 5_000;

    // A dot in a name is what a regular expression and a careless query stumble over.
    private readonly DemoModel[] _models = [new FraudModel("fraud.v2", 11), new ChurnModel("churn", 12), new PriceModel("price", 13), new SupportModel("support", 14)];
    private readonly DriftClient _client = new(http, server, null, TimeProvider.System);
    private readonly RowFormatting _formatting = new(SendFormat.Json, new HashSet<string>(), keepTimes: false);
    private readonly Random _random = new(15);
    private int _batches;

    public IEnumerable<string> Models => _models.Select(m => m.Name);

    public async Task PrepareAsync()
    {
        foreach (var model in _models)
        {
            await _client.ConfigureAsync(model.Name, model.Settings, default);
            await _client.UploadReferenceAsync(model.Name, Rows(model, ReferenceRows, 0), default);
        }
    }

    /// <summary>Sends rows of every model.</summary>
    /// <param name="rows">Rows of each.</param>
    /// <param name="drift">How strong the drift is, 0 to 1.</param>
    public Task SendAsync(int rows, double drift) => Task.WhenAll(_models.Select(m => _client.SendRowsAsync(
        m.Name, string.Create(CultureInfo.InvariantCulture, $"{m.Name}-{server.Port}-{Interlocked.Increment(ref _batches)}"), Rows(m, rows, drift), default)));

    /// <summary>Sends the rows of one model in a batch that was sent before, and one that is no JSON.</summary>
    public async Task SendDuplicateAndRefusedAsync()
    {
        var rows = Rows(_models[1], 10, 0);
        var batch = string.Create(CultureInfo.InvariantCulture, $"twice-{Interlocked.Increment(ref _batches)}");
        await _client.SendRowsAsync(_models[1].Name, batch, rows, default);
        await _client.SendRowsAsync(_models[1].Name, batch, rows, default);
        using var body = new StringContent("{ no json", System.Text.Encoding.UTF8, "application/json");
        using var _ = await http.PostAsync(new Uri(server, $"v1/models/{_models[1].Name}/predictions"), body);
    }

    public Task EvaluateAsync() => Task.WhenAll(_models.Select(m => _client.GetVerdictAsync(m.Name, "1h", now: true, default)));

    private RowPayload Rows(DemoModel model, int count, double drift)
    {
        var rows = new RowBatch();
        model.AddRows(rows, count, drift);
        // Pipelines lose values, and more of them on the day they break.
        if (rows.FindFeature("country") is { } country)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (_random.NextDouble() < 0.005 + (0.05 * drift))
                    country.SetMissing(row);
            }
        }

        return _formatting.Write(rows, 0, rows.Count);
    }
}
