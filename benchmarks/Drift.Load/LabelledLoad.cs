using System.Globalization;
using System.Text.Json;
using Drift.Simulation;

namespace Drift.Load;

/// <summary>
/// Predictions with ids and their labels, of which half come before their predictions. Whatever is not answered, or with 429 or 5xx, is sent
/// again under the same batch id until it is; a tenth of what was answered is sent again too.
/// </summary>
internal sealed class LabelledLoad(Uri url, string model, ulong seed) : IDisposable
{
    private const int BatchRows = 10;
    private const int ReferenceRows = 100;

    private readonly SplitMix _random = new(seed);
    private readonly HttpClient _client = new() { BaseAddress = url, Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<string> _batches = [];
    private int _right;

    /// <summary>Rows that were acknowledged together with their labels.</summary>
    public long Rows => (long)_batches.Count * BatchRows;

    /// <summary>Requests that were sent again although they had been acknowledged.</summary>
    public long Resent { get; private set; }

    /// <summary>Registers the model and sends its reference.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        using var settings = await _client.PutAsJsonAsync(
            $"v1/models/{model}",
            new { task = "binary", positive = "yes", reference = new { mode = "first", rows = ReferenceRows } },
            cancellationToken);
        settings.EnsureSuccessStatusCode();
        for (var batch = 0; batch < ReferenceRows / BatchRows; batch++)
            await SendBatchAsync(string.Create(CultureInfo.InvariantCulture, $"reference-{batch}"), cancellationToken);
    }

    /// <summary>Sends one batch after the other for a while; the last one until it is answered.</summary>
    /// <param name="run">Begins every id.</param>
    /// <param name="end">Once it has ended, no further batch is begun.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public async Task RunAsync(string run, Task end, CancellationToken cancellationToken)
    {
        for (var batch = 0; !end.IsCompleted; batch++)
            await SendBatchAsync(string.Create(CultureInfo.InvariantCulture, $"{run}-{batch}"), cancellationToken);
    }

    /// <summary>What is wrong with the accuracy over all labels; null when each counts once and met its own prediction.</summary>
    public async Task<string?> FaultOfFiguresAsync(CancellationToken cancellationToken)
    {
        var figures = await AnswerAsync(() => _client.GetAsync(new Uri($"v1/models/{model}/performance?window=24h", UriKind.Relative), cancellationToken), cancellationToken);
        double labelled = 0, right = 0;
        foreach (var side in (string[])["reference", "current"])
        {
            if (!figures.TryGetProperty(side, out var part) || part.ValueKind != JsonValueKind.Object)
                continue;
            var count = part.GetProperty("labelled").GetDouble();
            labelled += count;
            if (count > 0)
                right += count * part.GetProperty("accuracy").GetDouble();
        }

        return labelled == Rows && Math.Abs(right - _right) < 0.5
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Rows} labels acknowledged, {labelled} counted; {_right} of them right, {right:0.#} counted as right");
    }

    /// <summary>What is wrong with the stored labels, asked by sending each once more as a batch that was never sent; null when all are known.</summary>
    public async Task<string?> FaultOfLabelsAsync(CancellationToken cancellationToken)
    {
        var known = 0L;
        foreach (var batch in _batches)
            known += (await SendAsync("labels", Labels(batch, "-again"), cancellationToken)).GetProperty("repeated").GetInt64();
        return known == Rows ? null : string.Create(CultureInfo.InvariantCulture, $"{Rows} labels acknowledged, {known} known at the end");
    }

    public void Dispose() => _client.Dispose();

    private static string Id(string batch, int row) => string.Create(CultureInfo.InvariantCulture, $"{batch}-{row}");

    private static string Predicted(int row) => row % 2 == 0 ? "yes" : "no";

    // Every third is wrong.
    private static bool IsRight(int row) => row % 3 != 0;

    private static string Label(int row) => Predicted(IsRight(row) ? row : row + 1);

    private static object Labels(string batch, string suffix) => new
    {
        batch_id = $"{batch}-l{suffix}",
        labels = Enumerable.Range(0, BatchRows).Select(row => new { id = Id(batch, row), label = Label(row) }),
    };

    private object Predictions(string batch) => new
    {
        batch_id = $"{batch}-p",
        rows = Enumerable.Range(0, BatchRows).Select(row => new
        {
            id = Id(batch, row),
            features = new { n = _random.Normal() },
            prediction = Predicted(row),
            score = row % 2 == 0 ? 0.8 : 0.2,
        }).ToList(),
    };

    private async Task SendBatchAsync(string batch, CancellationToken cancellationToken)
    {
        (string Path, object Body)[] requests = [("predictions", Predictions(batch)), ("labels", Labels(batch, ""))];
        if (_random.Uniform() < 0.5)
            Array.Reverse(requests);
        foreach (var (path, body) in requests)
        {
            await SendAsync(path, body, cancellationToken);
            if (_random.Uniform() < 0.1)
            {
                Resent++;
                await SendAsync(path, body, cancellationToken);
            }
        }

        _batches.Add(batch);
        _right += Enumerable.Range(0, BatchRows).Count(IsRight);
    }

    private Task<JsonElement> SendAsync(string path, object body, CancellationToken cancellationToken) =>
        AnswerAsync(() => _client.PostAsJsonAsync($"v1/models/{model}/{path}", body, cancellationToken), cancellationToken);

    private static async Task<JsonElement> AnswerAsync(Func<Task<HttpResponseMessage>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await request();
                if (answer.IsSuccessStatusCode)
                    return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                if ((int)answer.StatusCode is < 500 and not 429)
                    throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not answered: it may count or not, and is sent again as the same batch.
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
