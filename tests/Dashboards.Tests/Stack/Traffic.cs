using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Drift.Core.Rows;
using Drift.Core.Settings;
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
    private int _points;

    /// <summary>Drift asks for fine-tuning once, and what comes of it is seen within the time that a test has.</summary>
    private static TriggerSettings Policy => new() { Enabled = true, Evaluations = 1, CooldownMinutes = 30, DailyBudget = 10, ExpireAfterMinutes = 60 };

    public IEnumerable<string> Models => _models.Select(m => m.Name);

    public async Task PrepareAsync()
    {
        foreach (var model in _models)
        {
            await _client.ConfigureAsync(model.Name, model.Settings with { Triggers = Policy }, default);
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

    /// <summary>Trains for the first model: the first call ends a run for the trigger that is under way, if one is; each reports points of a run that goes on.</summary>
    public async Task TrainAsync()
    {
        var model = _models[0].Name;
        if (_points++ == 0)
        {
            var listed = await http.GetFromJsonAsync<JsonElement>(new Uri(server, $"v1/triggers?model={model}"));
            var open = listed.GetProperty("triggers").EnumerateArray().FirstOrDefault(t => !t.TryGetProperty("finished_at", out _));
            var trigger = open.ValueKind == JsonValueKind.Object ? $", \"trigger_id\": \"{open.GetProperty("id").GetString()}\"" : "";
            await PostAsync("v1/training/runs", $$"""{"id": "{{First}}", "model": "{{model}}", "base_model": "llama-3-8b"{{trigger}}}""");
            await PostAsync($"v1/training/runs/{First}/metrics", Points(2));
            await PostAsync($"v1/training/runs/{First}/finish", """{"status": "succeeded", "adapter_version": "v2"}""");
            await PostAsync("v1/training/runs", $$"""{"id": "{{Second}}", "model": "{{model}}"}""");
        }

        await PostAsync($"v1/training/runs/{Second}/metrics", Points(2 / (1 + (0.2 * _points))));
    }

    // The host of the past and that of now share a database.
    private string First => string.Create(CultureInfo.InvariantCulture, $"first-{server.Port}");

    private string Second => string.Create(CultureInfo.InvariantCulture, $"second-{server.Port}");

    private string Points(double loss) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"points": [{"step": {{_points * 10}}, "training_loss": {{loss}}, "validation_loss": {{loss * 1.1}}, "ewc_lambda": 0.4, "learning_rate": 0.0002,
         "fisher_matrix_size_bytes": 1048576, "replay_buffer_size": {{Math.Min(512, 400 + _points)}}, "replay_buffer_capacity": 512, "samples": {{_points * 64}}}]}
        """);

    private async Task PostAsync(string path, string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(server, path), body);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync()}");
    }
}
