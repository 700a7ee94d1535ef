using System.Globalization;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Drift.Standalone.Replay;

namespace Drift.Standalone.Demo;

/// <summary>
/// Sends the demo over HTTP: references first, then traffic like them, then drift that grows, and says in plain sentences what it
/// does and what the server says to it.
/// </summary>
internal sealed class DemoTraffic
{
    private const int MostRowsAtOnce = 5_000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromSeconds(10);

    private readonly DriftClient _client;
    private readonly DemoOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private readonly RowFormatting _formatting = new(SendFormat.Json, new HashSet<string>(), keepTimes: false);
    private readonly Stream[] _streams;
    private long _started;
    private long? _complained;
    private string _run = "";

    /// <param name="http">What requests go through.</param>
    /// <param name="options">What to send; <see cref="DemoOptions.Url"/> must be set.</param>
    /// <param name="time">The clock that paces it.</param>
    /// <param name="say">Takes the sentences; called from one thread at a time.</param>
    /// <param name="retry">How long to try when the server does not answer; the default when omitted.</param>
    public DemoTraffic(HttpClient http, DemoOptions options, TimeProvider time, Action<string> say, RetryOptions? retry = null)
    {
        var url = options.Url ?? throw new ArgumentException("The demo needs the server's address.", nameof(options));
        _client = new DriftClient(http, url, options.Key, time, retry);
        _options = options;
        _time = time;
        _say = say;
        _streams = [.. DemoModels.Create(options.Models, options.Seed).Select(m => new Stream(m))];
    }

    /// <summary>Rows that the server has taken so far, without the references.</summary>
    public long RowsSent => _streams.Sum(s => s.Sent);

    /// <summary>Runs until <see cref="DemoOptions.Duration"/> is over or it is cancelled.</summary>
    /// <param name="startLimit">How long to wait for the server to be ready.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DriftApiException">The server is not there or refuses; the message says what to do.</exception>
    public async Task RunAsync(TimeSpan startLimit, CancellationToken cancellationToken)
    {
        await _client.WaitUntilReadyAsync(startLimit, cancellationToken);
        _client.Retrying = Complain;
        foreach (var stream in _streams)
            await PrepareAsync(stream.Model, cancellationToken);
        var names = string.Join(", ", _streams.Take(8).Select(s => s.Model.Name)) + (_streams.Length > 8 ? ", …" : "");
        _say(string.Create(
            CultureInfo.InvariantCulture, $"{_streams.Length} models ({names}) have their references of {_options.ReferenceRows} rows."));
        _say(string.Create(
            CultureInfo.InvariantCulture,
            $"Now {_options.RowsPerSecond:0.##} rows/s each, like the reference for {_options.DriftAfter.TotalSeconds:0.#} s; then drift begins."));
        _say($"A verdict needs {DemoModel.MinRows} rows here: min_rows in the models' settings.");

        _run = _time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff", CultureInfo.InvariantCulture);
        _started = _time.GetTimestamp();
        var watched = TimeSpan.Zero;
        var before = 0.0;
        for (var elapsed = TimeSpan.Zero; _options.Duration is null || elapsed < _options.Duration; elapsed = _time.GetElapsedTime(_started))
        {
            var drift = _options.DriftAt(elapsed);
            Announce(elapsed, before, drift);
            before = drift;
            await Task.WhenAll(_streams.Select(s => SendDueAsync(s, elapsed, drift, cancellationToken)));
            if (elapsed - watched >= WatchInterval)
            {
                watched = elapsed;
                await WatchAsync(cancellationToken);
            }

            await Task.Delay(Tick, _time, cancellationToken);
        }

        await WatchAsync(cancellationToken);
    }

    private async Task PrepareAsync(DemoModel model, CancellationToken cancellationToken)
    {
        await _client.ConfigureAsync(model.Name, model.Settings, cancellationToken);
        var rows = new RowBatch();
        model.AddRows(rows, _options.ReferenceRows, drift: 0);
        await _client.UploadReferenceAsync(model.Name, _formatting.Write(rows, 0, rows.Count), cancellationToken);
    }

    private async Task SendDueAsync(Stream stream, TimeSpan elapsed, double drift, CancellationToken cancellationToken)
    {
        var due = (long)((elapsed + Tick).TotalSeconds * _options.RowsPerSecond) - stream.Due;
        if (due <= 0)
            return;

        // After an outage the demo goes on at its pace instead of flooding the server with what it missed.
        stream.Due += due;
        var rows = new RowBatch();
        stream.Model.AddRows(rows, (int)Math.Min(due, MostRowsAtOnce), drift);
        await _client.SendRowsAsync(
            stream.Model.Name,
            string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-{stream.Model.Name}-{++stream.Batches:000000}"),
            _formatting.Write(rows, 0, rows.Count),
            cancellationToken);
        stream.Sent += rows.Count;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        foreach (var stream in _streams)
        {
            var verdict = await _client.GetVerdictAsync(stream.Model.Name, "1h", now: false, cancellationToken);
            if (verdict.Status != VerdictStatus.Ok)
                continue;
            var state = PlainReplayView.StateOf(verdict);
            if (state == stream.State)
                continue;
            stream.State = state;
            var columns = verdict.DriftedColumns > 0 ? $"drifted: {VerdictTable.Culprits(verdict)}" : "no column drifted";
            Say($"{stream.Model.Name}: severity {VerdictTable.Word(verdict.Severity)}, {columns}{AccuracyOf(verdict)}{HintOf(verdict)}.");
        }
    }

    private static string AccuracyOf(Verdict verdict) =>
        verdict is { AccuracySeverity: > Severity.None, CurrentAccuracy: { } now, ReferenceAccuracy: { } before }
            ? $"; accuracy fell from {VerdictTable.Number(before)} to {VerdictTable.Number(now)}"
            : "";

    // A label is no input and no output of the model: its drift is told by the error, not by the severity.
    private static string HintOf(Verdict verdict) =>
        verdict.DriftedColumns > 0 && verdict.Features.Where(c => c.Drifted).All(c => c.Role == ColumnRole.Label)
            ? "; only the truth moved, so look at the error: /v1/models/…/performance"
            : "";

    private void Announce(TimeSpan elapsed, double before, double drift)
    {
        var begins = before == 0 && drift > 0;
        var isFull = before < 1 && drift >= 1;
        if (!begins && !isFull)
            return;
        foreach (var stream in _streams)
        {
            if (stream.Model.Describe(1) is not { } end)
            {
                if (begins)
                    Say($"{stream.Model.Name} goes on as before: it never drifts.");
            }
            else if (isFull)
            {
                Say($"{stream.Model.Name} drifts in full: {end}.");
            }
            else
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"{stream.Model.Name} begins to drift; in {_options.Ramp.TotalSeconds:0.#} s: {end}."));
            }
        }
    }

    private void Say(string sentence) =>
        _say(string.Create(CultureInfo.InvariantCulture, $"{_time.GetElapsedTime(_started).TotalSeconds:0} s: {sentence}"));

    // Models send at the same time; an outage is told once in a while, not once per model and try.
    private void Complain(DriftApiException failure, TimeSpan delay)
    {
        lock (_streams)
        {
            if (_complained is { } last && _time.GetElapsedTime(last) < ComplaintInterval)
                return;
            _complained = _time.GetTimestamp();
            _say($"The server does not take rows just now ({failure.Reason}); the same batches are sent again until it does.");
        }
    }

    private sealed class Stream(DemoModel model)
    {
        public DemoModel Model { get; } = model;

        public long Due { get; set; }

        public long Sent { get; set; }

        public int Batches { get; set; }

        public string? State { get; set; }
    }
}
