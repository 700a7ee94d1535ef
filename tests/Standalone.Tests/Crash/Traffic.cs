using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Drift.Standalone.Tests.Crash;

/// <summary>
/// Clients that post numbered batches and labels until each is answered, always with the same id, and that know what must be counted
/// in the end. Models follow one another, so that at any time one of them is new, learns, or has just fixed its reference.
/// </summary>
internal sealed class Traffic(Func<Uri> address, HttpClient client, int seed, int batchesPerModel, int referenceRows)
{
    private static readonly string[] Jobs = ["nurse", "clerk", "baker", "pilot"];

    private readonly ConcurrentDictionary<string, Expected> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HttpStatusCode, int> _refusals = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _fixing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task[] _clients = [];
    private int _batches;
    private int _answered;
    private int _repeated;

    /// <summary>Batches answered with 2xx.</summary>
    public int Answered => _answered;

    /// <summary>Batches that were counted before their answer was lost: answered as duplicates when they were sent again.</summary>
    public int Repeated => _repeated;

    /// <summary>Answers other than 2xx, by status.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Refusals => _refusals;

    /// <summary>Whether every 503 named a time to come back.</summary>
    public bool RetryAfterIsGiven { get; private set; } = true;

    public IReadOnlyDictionary<string, Expected> Models => _models;

    /// <summary>Completes when a batch is on its way that fixes a model's reference.</summary>
    public Task NextReference => _fixing.Task;

    public void Start(int clients) => _clients = [.. Enumerable.Range(0, clients).Select(c => Task.Run(() => RunAsync(new Random(seed + c))))];

    /// <summary>Begins no new batch, and waits until each that was begun is answered.</summary>
    public async Task FinishAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients);
    }

    /// <summary>Compares what the host counts with what was sent.</summary>
    public async Task AssertCountedOnceAsync()
    {
        foreach (var (name, expected) in _models)
        {
            var model = await GetAsync($"v1/models/{name}");
            Assert.Equal((name, expected.Rows), (name, model.GetProperty("rows").GetInt64()));
            if (model.GetProperty("status").GetString() == "learning")
            {
                Assert.Equal(expected.Rows, model.GetProperty("learned").GetInt64());
                continue;
            }

            var verdict = await GetAsync($"v1/models/{name}/drift?window=24h");
            Assert.Equal((name, expected.Rows), (name, verdict.GetProperty("rows").GetInt64() + verdict.GetProperty("reference_rows").GetInt64()));

            var job = await GetAsync($"v1/models/{name}/features/job?window=24h");
            var jobs = job.GetProperty("bins").EnumerateArray()
                .Select(b => (Name: b.GetProperty("category").GetString()!, Rows: b.GetProperty("reference").GetInt64() + b.GetProperty("current").GetInt64()))
                .Where(b => b.Rows > 0)
                .ToDictionary(b => b.Name, b => b.Rows, StringComparer.Ordinal);
            Assert.Equal(expected.Jobs.OrderBy(j => j.Key), jobs.OrderBy(j => j.Key));

            var age = await GetAsync($"v1/models/{name}/features/age?window=24h");
            var sides = new[] { "reference", "current" }.Where(s => age.TryGetProperty(s, out _)).Select(s => age.GetProperty(s)).ToArray();
            Assert.Equal((name, expected.Ages), (name, sides.Sum(s => s.GetProperty("count").GetInt64())));
            // Means come from sums of fixed resolution; one row more or less would be 18 at least.
            Assert.Equal(expected.AgeSum, sides.Sum(s => s.GetProperty("count").GetInt64() * s.GetProperty("mean").GetDouble()), 0.5);

            var performance = await GetAsync($"v1/models/{name}/performance?window=24h");
            var reports = new[] { performance.GetProperty("reference"), performance.GetProperty("current") };
            Assert.Equal((name, expected.Labels), (name, reports.Sum(r => r.GetProperty("labelled").GetInt64())));
            var right = reports.Sum(r => r.GetProperty("labelled").GetInt64() * (r.TryGetProperty("accuracy", out var a) ? a.GetDouble() : 0));
            Assert.Equal(expected.Right, right, 1e-6);
        }
    }

    public async Task<JsonElement> GetAsync(string path) => await client.GetFromJsonAsync<JsonElement>(new Uri(address(), path));

    private async Task RunAsync(Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _batches) - 1;
            var inModel = number % batchesPerModel;
            var name = string.Create(CultureInfo.InvariantCulture, $"m{number / batchesPerModel}");
            var expected = _models.GetOrAdd(name, _ => new Expected());
            // Two of three models are declared first; the others come into being with their first batch and learn for longer than the test.
            if (inModel == 0 && number / batchesPerModel % 3 != 2)
                await SendAsync(HttpMethod.Put, $"v1/models/{name}", Settings());
            await BatchAsync(random, name, string.Create(CultureInfo.InvariantCulture, $"b{number}"), inModel, expected);
        }
    }

    // Rows that one model learns from; those without settings learn from 5 000.
    private string Settings() => string.Create(
        CultureInfo.InvariantCulture, $$"""{"task": "binary", "positive": "yes", "reference": {"mode": "first", "rows": {{referenceRows}}}, "min_rows": 100}""");

    private async Task BatchAsync(Random random, string name, string id, int inModel, Expected expected)
    {
        var rows = random.Next(50, 201);
        var withIds = random.Next(2) == 0;
        var labelsFirst = withIds && inModel > 3 && random.Next(3) == 0;
        var body = new StringBuilder($$"""{"batch_id": "{{id}}", "rows": [""");
        var labels = new StringBuilder($$"""{"batch_id": "{{id}}-labels", "labels": [""");
        var counted = new Expected { Rows = rows };
        for (var row = 0; row < rows; row++)
        {
            var job = Jobs[random.Next(Jobs.Length)];
            int? age = random.Next(20) == 0 ? null : random.Next(18, 80);
            var prediction = random.Next(2) == 0 ? "yes" : "no";
            var label = random.Next(4) == 0 ? "no" : prediction;
            if (row > 0)
                body.Append(',');
            body.Append('{');
            if (withIds)
                body.Append(CultureInfo.InvariantCulture, $"\"id\": \"{id}-{row}\", ");
            body.Append(CultureInfo.InvariantCulture, $"\"features\": {{\"job\": \"{job}\", \"age\": {age?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}, ");
            body.Append(CultureInfo.InvariantCulture, $"\"prediction\": \"{prediction}\", \"score\": 0.{random.Next(10, 100)}}}");
            counted.Jobs[job] = counted.Jobs.GetValueOrDefault(job) + 1;
            counted.Ages += age is null ? 0 : 1;
            counted.AgeSum += age ?? 0;
            if (withIds)
            {
                labels.Append(CultureInfo.InvariantCulture, $"{(row > 0 ? "," : "")}{{\"id\": \"{id}-{row}\", \"label\": \"{label}\"}}");
                counted.Labels++;
                counted.Right += label == prediction ? 1 : 0;
            }
        }

        body.Append("]}");
        labels.Append("]}");
        var before = Volatile.Read(ref expected.Sent);
        var sent = Interlocked.Add(ref expected.Sent, rows);
        if (before < referenceRows && sent >= referenceRows)
            Interlocked.Exchange(ref _fixing, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

        if (labelsFirst)
            await SendAsync(HttpMethod.Post, $"v1/models/{name}/labels", labels.ToString());
        var receipt = await SendAsync(HttpMethod.Post, $"v1/models/{name}/predictions", body.ToString());
        if (!receipt.GetProperty("duplicate").GetBoolean())
            Assert.Equal(rows, receipt.GetProperty("accepted").GetInt32());
        if (withIds && !labelsFirst)
            await SendAsync(HttpMethod.Post, $"v1/models/{name}/labels", labels.ToString());
        expected.Add(counted);
    }

    /// <summary>Sends until the answer is 2xx.</summary>
    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string body)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(address(), path));
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                using var response = await client.SendAsync(request);
                if (response.IsSuccessStatusCode)
                {
                    var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
                    Interlocked.Increment(ref _answered);
                    if (answer.TryGetProperty("duplicate", out var duplicate) && duplicate.GetBoolean())
                    {
                        Assert.True(attempt > 0, $"{path} says of a batch that was sent once that it is a duplicate: {body[..60]}");
                        Interlocked.Increment(ref _repeated);
                    }

                    return answer;
                }

                _refusals.AddOrUpdate(response.StatusCode, 1, (_, n) => n + 1);
                RetryAfterIsGiven &= response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter is not null;
                // Labels may come before the batch that makes the model; everything else that is no matter of time is a fault.
                Assert.True(
                    response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound,
                    $"{method} {path} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException)
            {
                // No answer, or half of one: whether it counted is unknown, so it is sent again.
            }

            await Task.Delay(15);
        }
    }

    /// <summary>What a model must have counted.</summary>
    internal sealed class Expected
    {
        /// <summary>Rows on their way or answered.</summary>
        public int Sent;

        public long Rows { get; set; }

        public long Ages { get; set; }

        public double AgeSum { get; set; }

        public long Labels { get; set; }

        public double Right { get; set; }

        public Dictionary<string, long> Jobs { get; } = new(StringComparer.Ordinal);

        public void Add(Expected other)
        {
            lock (Jobs)
            {
                Rows += other.Rows;
                Ages += other.Ages;
                AgeSum += other.AgeSum;
                Labels += other.Labels;
                Right += other.Right;
                foreach (var (job, rows) in other.Jobs)
                    Jobs[job] = Jobs.GetValueOrDefault(job) + rows;
            }
        }
    }
}
