using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Drift.Simulation;
using Drift.Support;

namespace Drift.Load;

/// <summary>
/// Sends one load and counts what is acknowledged. A batch that is not answered, or with 429 or 5xx, is sent again under the same id until it
/// is; so its latency is what a client that does not give up would see.
/// </summary>
internal sealed class LoadGenerator
{
    // Batches that a connection may send again, the latest ones.
    private const int Remembered = 64;

    private readonly LoadOptions _options;
    private readonly byte[][] _bodies;
    private readonly byte[][] _heads;
    private readonly byte[][] _ends;
    private readonly double[] _cumulative;
    private readonly Tally[] _models;
    private readonly int _port;
    private readonly CancellationTokenSource _limit = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _start;
    private long _measureFrom;
    private long _end;
    private long _tickets = -1;

    public LoadGenerator(LoadOptions options)
    {
        if (options.Faults().ToList() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _options = options;
        _port = options.Url.Port;
        _bodies = Bodies.Create(options);
        _models = [.. Enumerable.Range(0, options.Models).Select(i => new Tally($"{options.ModelName}-{i}"))];
        _heads = [.. _models.Select(m => Head(options, m.Name))];
        _ends = [.. _bodies.Select(b => Encoding.ASCII.GetBytes($"\r\nContent-Length: {b.Length}\r\n\r\n"))];
        _cumulative = Cumulative(options.Models, options.Skew);
    }

    /// <summary>Ends when it is known what the models count already, and the load begins.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Begins no further batch; those that were begun are sent until they are answered.</summary>
    public void Finish()
    {
        Interlocked.Exchange(ref _end, Stopwatch.GetTimestamp());
        _limit.CancelAfter(_options.Patience);
    }

    /// <summary>How many models have answered an attempt with 2xx that was begun at a time or later.</summary>
    /// <param name="since">The time, as of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public int Served(long since) => _models.Count(m => m.Served >= since);

    /// <summary>Waits until every model has answered an attempt that was begun at a time or later.</summary>
    /// <param name="since">The time, as of <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="limit">How long to wait from now.</param>
    /// <returns>How long after that time the last of them answered, to some milliseconds.</returns>
    /// <exception cref="TimeoutException">Not all did within the limit.</exception>
    public async Task<TimeSpan> ServedAsync(long since, TimeSpan limit)
    {
        await Eventually.Async(() => Served(since) == _models.Length, limit, "every model answers");
        return Stopwatch.GetElapsedTime(since);
    }

    public static async Task<LoadResult> RunAsync(LoadOptions options, CancellationToken cancellationToken = default) =>
        await new LoadGenerator(options).RunAsync(cancellationToken);

    /// <summary>Sends the load, once.</summary>
    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureAsync(cancellationToken);
        }
        catch (Exception e)
        {
            _begun.TrySetException(e);
            throw;
        }
    }

    private async Task<LoadResult> MeasureAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = _options.Url, Timeout = TimeSpan.FromSeconds(100) };
        if (_options.Key is { } key)
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        if (_options.Verify)
            await ForEachModelAsync(model => PrepareAsync(client, model, cancellationToken), cancellationToken);

        _start = Stopwatch.GetTimestamp();
        _measureFrom = _start + Ticks(_options.WarmUp);
        Interlocked.Exchange(ref _end, _measureFrom + Ticks(_options.Duration));
        _begun.TrySetResult();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _limit.Token);
        _limit.CancelAfter(_options.WarmUp + _options.Duration + _options.Patience);
        var workers = Enumerable.Range(0, _options.Connections).Select(i => new Worker(this, i)).ToList();
        await Task.WhenAll(workers.Select(w => w.RunAsync(limit.Token)));
        cancellationToken.ThrowIfCancellationRequested();

        var counts = new List<ModelCount>();
        if (_options.Verify)
        {
            await ForEachModelAsync(
                async model =>
                {
                    var counted = await CountedAsync(client, model.Name, cancellationToken);
                    lock (counts)
                        counts.Add(new ModelCount(model.Name, model.Acknowledged, model.Unknown, counted - model.Before));
                },
                cancellationToken);
        }

        return Result(workers, counts);
    }

    private LoadResult Result(List<Worker> workers, List<ModelCount> counts)
    {
        var latency = new LatencyHistogram();
        var errors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var worker in workers)
        {
            latency.Add(worker.Latency);
            foreach (var (error, count) in worker.Errors)
                errors[error] = errors.GetValueOrDefault(error) + count;
        }

        return new LoadResult
        {
            Seconds = Stopwatch.GetElapsedTime(_measureFrom, End).TotalSeconds,
            Requests = latency.Count,
            Rows = workers.Sum(w => w.Rows),
            Latency = latency,
            Errors = errors,
            Resent = workers.Sum(w => w.Resent),
            ResentAndCounted = workers.Sum(w => w.ResentAndCounted),
            Unacknowledged = workers.Sum(w => w.Unacknowledged),
            RowsAcknowledged = _models.Sum(m => m.Acknowledged),
            ModelsVerified = counts.Count,
            Wrong = [.. counts.Where(c => !c.IsExact).OrderBy(c => c.Model, StringComparer.Ordinal)],
        };
    }

    /// <summary>Notes what a model counts already; gives a new one its reference, so that the load is monitored rather than learned from.</summary>
    private async Task PrepareAsync(HttpClient client, Tally model, CancellationToken cancellationToken)
    {
        if (await RowsAsync(client, model.Name, cancellationToken) is { } rows)
        {
            model.Before = rows;
            return;
        }

        if (_options.ReferenceRows == 0)
            return;

        using var settings = await client.PutAsJsonAsync(
            $"v1/models/{model.Name}", new { reference = new { mode = "first", rows = _options.ReferenceRows } }, cancellationToken);
        settings.EnsureSuccessStatusCode();
        using var content = new ByteArrayContent(Bodies.CreateOne(_options, _options.ReferenceRows, new SplitMix(_options.Seed + 1)));
        content.Headers.ContentType = new(Bodies.ContentType(_options.Format));
        content.Headers.Add("Idempotency-Key", $"{_options.Run}-reference");
        using var answer = await client.PostAsync($"v1/models/{model.Name}/predictions", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        model.Acknowledge(_options.ReferenceRows);
    }

    // As patient as the load itself: a server that acknowledged everything may be harmed now.
    private async Task<long> CountedAsync(HttpClient client, string model, CancellationToken cancellationToken)
    {
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await RowsAsync(client, model, cancellationToken) ?? 0;
            }
            catch (HttpRequestException e) when (e.StatusCode is null or >= HttpStatusCode.InternalServerError && Stopwatch.GetElapsedTime(begun) < _options.Patience)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static async Task<long?> RowsAsync(HttpClient client, string model, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync($"v1/models/{model}", cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        answer.EnsureSuccessStatusCode();
        var description = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return description.GetProperty("rows").GetInt64();
    }

    private Task ForEachModelAsync(Func<Tally, Task> action, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(_models, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (m, _) => await action(m));

    private static byte[] Head(LoadOptions options, string model) => Encoding.ASCII.GetBytes(
        $"POST /v1/models/{model}/predictions HTTP/1.1\r\nHost: {options.Url.Authority}\r\nContent-Type: {Bodies.ContentType(options.Format)}\r\n"
        + (options.Key is { } key ? $"X-Api-Key: {key}\r\n" : "") + "Idempotency-Key: ");

    private static double[] Cumulative(int models, double skew)
    {
        var cumulative = new double[models];
        var sum = 0.0;
        for (var i = 0; i < models; i++)
            cumulative[i] = sum += Math.Pow(i + 1, -skew);
        for (var i = 0; i < models; i++)
            cumulative[i] /= sum;
        return cumulative;
    }

    // Moved by whoever finishes the load early.
    private long End => Interlocked.Read(ref _end);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>One batch: the same figures are the same batch, byte for byte.</summary>
    private readonly record struct Batch(int Model, int Body, long Number);

    private sealed class Tally(string name)
    {
        private long _acknowledged;
        private long _unknown;
        private long _served;

        public string Name => name;

        /// <summary>When the latest attempt was begun of those that were answered with 2xx.</summary>
        public long Served => Interlocked.Read(ref _served);

        /// <summary>Rows before the run.</summary>
        public long Before { get; set; }

        public long Acknowledged => Interlocked.Read(ref _acknowledged);

        public long Unknown => Interlocked.Read(ref _unknown);

        public void Acknowledge(long rows) => Interlocked.Add(ref _acknowledged, rows);

        public void LeaveOpen(long rows) => Interlocked.Add(ref _unknown, rows);

        public void Serve(long begun)
        {
            for (var known = Served; known < begun; known = Served)
                Interlocked.CompareExchange(ref _served, begun, known);
        }
    }

    /// <summary>One connection.</summary>
    private sealed class Worker(LoadGenerator load, int index)
    {
        private readonly SplitMix _random = new(load._options.Seed + 1_000_003UL * (ulong)(index + 1));
        private readonly byte[] _head = new byte[1024];
        private readonly Batch[] _acknowledged = new Batch[Remembered];
        private long _numbers;
        private long _acknowledgedCount;

        public LatencyHistogram Latency { get; } = new();

        public Dictionary<string, long> Errors { get; } = [];

        public long Rows { get; private set; }

        public long Resent { get; private set; }

        public long ResentAndCounted { get; private set; }

        public long Unacknowledged { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            // Not all at once on the caller's thread.
            await Task.Yield();
            using var connection = new HttpConnection(load._options.Url.Host.Trim('[', ']'), load._port);
            try
            {
                while (await NextStartAsync(cancellationToken) is { } begun)
                {
                    var again = _acknowledgedCount > 0 && _random.Uniform() < load._options.Resend;
                    var batch = again
                        ? _acknowledged[(int)(_random.Uniform() * Math.Min(_acknowledgedCount, Remembered))]
                        : new Batch(_random.Index(load._cumulative), (int)(_random.Uniform() * load._bodies.Length), _numbers++);
                    await SendAsync(connection, batch, again, begun, cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                // The run's limit; what is open was noted.
            }
        }

        /// <summary>Waits for the next request's time; null at the end.</summary>
        private async ValueTask<long?> NextStartAsync(CancellationToken cancellationToken)
        {
            if (load._options.Rate is not { } rate)
                return Stopwatch.GetTimestamp() is var now && now < load.End ? now : null;

            var due = load._start + (long)(Interlocked.Increment(ref load._tickets) / rate * Stopwatch.Frequency);
            if (due >= load.End)
                return null;
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            // Late because every connection was busy: the client has been waiting since then, and its latency began then.
            if (wait <= TimeSpan.Zero)
                return due;
            await Task.Delay(wait, cancellationToken);
            // Late because of the timer: that is no wait for the server.
            return Stopwatch.GetTimestamp();
        }

        private async Task SendAsync(HttpConnection connection, Batch batch, bool again, long begun, CancellationToken cancellationToken)
        {
            var head = _head.AsMemory(0, WriteHead(batch));
            var body = load._bodies[batch.Body];
            var open = false;
            try
            {
                for (var attempt = 0; ; attempt++)
                {
                    // Answered in some way that leaves it open whether it counts, or not at all.
                    TimeSpan pause;
                    try
                    {
                        // Unless it is refused, an attempt that was begun may count.
                        open = true;
                        var attempted = Stopwatch.GetTimestamp();
                        var answer = await AttemptAsync(connection, head, body, cancellationToken);
                        if (answer.IsSuccess)
                        {
                            open = false;
                            load._models[batch.Model].Serve(attempted);
                            OnAcknowledged(batch, again, begun, answer);
                            return;
                        }

                        Count(answer.Status.ToString(CultureInfo.InvariantCulture));
                        if (answer.Status < 500 && answer.Status != 429)
                        {
                            open = attempt > 0;
                            return;
                        }

                        pause = TimeSpan.FromSeconds(Math.Min(answer.RetryAfterSeconds ?? 0.1, 1));
                    }
                    catch (Exception e) when (e is IOException or SocketException)
                    {
                        Count("transport");
                        pause = TimeSpan.FromMilliseconds(100);
                    }
                    catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                    {
                        Count("timeout");
                        pause = TimeSpan.Zero;
                    }

                    await Task.Delay(pause, cancellationToken);
                }
            }
            finally
            {
                if (open && !again)
                {
                    Unacknowledged++;
                    load._models[batch.Model].LeaveOpen(load._options.BatchRows);
                }
            }
        }

        private async ValueTask<HttpAnswer> AttemptAsync(HttpConnection connection, Memory<byte> head, byte[] body, CancellationToken cancellationToken)
        {
            if (load._options.AttemptLimit is not { } limit)
                return await connection.SendAsync(head, body, cancellationToken);
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            attempt.CancelAfter(limit);
            return await connection.SendAsync(head, body, attempt.Token);
        }

        private void OnAcknowledged(Batch batch, bool again, long begun, HttpAnswer answer)
        {
            long rows = load._options.BatchRows;
            var duplicate = false;
            if (load._options.Verify)
            {
                if (!Receipt.TryRead(answer.Body.Span, out var receipt))
                    throw new InvalidOperationException($"{load._options.Url} does not answer with receipts, it is no monitor: {Encoding.UTF8.GetString(answer.Body.Span)}");
                duplicate = receipt.Duplicate;
                if (!duplicate)
                    rows = receipt.Accepted;
            }

            var now = Stopwatch.GetTimestamp();
            var measured = now >= load._measureFrom && now < load.End;
            if (measured)
                Latency.Record(Stopwatch.GetElapsedTime(begun, now));

            if (again)
            {
                Resent++;
                if (load._options.Verify && !duplicate)
                    ResentAndCounted++;
                return;
            }

            if (measured)
                Rows += rows;
            load._models[batch.Model].Acknowledge(rows);
            _acknowledged[_acknowledgedCount++ % Remembered] = batch;
        }

        private int WriteHead(Batch batch)
        {
            var head = load._heads[batch.Model];
            head.CopyTo(_head, 0);
            Utf8.TryWrite(_head.AsSpan(head.Length), $"{load._options.Run}-{index:x}-{batch.Number:x}", out var written);
            var end = load._ends[batch.Body];
            end.CopyTo(_head, head.Length + written);
            return head.Length + written + end.Length;
        }

        private void Count(string error) => Errors[error] = Errors.GetValueOrDefault(error) + 1;
    }
}
