using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Support;

namespace Drift.Load;

/// <summary>
/// Harms silos, and PostgreSQL below them, under load, and checks after each harm that every acknowledged row counts and none twice, with 10 % of
/// the batches sent again; and that every model answers again in time. Nothing is done about a harm but what a service manager does. Clients come
/// through a round-robin front.
/// </summary>
internal sealed class ClusterTorture : IAsyncDisposable
{
    /// <summary>How long after a harm every model has to answer again.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromSeconds(30);

    private const int Models = 9;

    // Longer than the target: how late it is, is said too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TortureCluster _cluster;
    private readonly ClusterTortureSize _size;
    private readonly ulong _seed;
    private readonly Action<string> _say;
    private readonly LabelledLoad _labelled;
    private readonly StringBuilder _report = new(
        "| harm | every model answers again | rows acknowledged | with id and label | refused or lost answers | sent again | fenced | exact |\n|---|---|---:|---:|---|---:|---:|---|\n");
    private readonly Dictionary<string, long> _acknowledged = new(StringComparer.Ordinal);

    private ClusterTorture(TortureCluster cluster, ClusterTortureSize size, ulong seed, Action<string> say)
    {
        _cluster = cluster;
        _size = size;
        _seed = seed;
        _say = say;
        _labelled = new LabelledLoad(cluster.Url, "labelled", seed);
    }

    /// <summary>Whether every count was exact and every model answered again in time.</summary>
    public bool Sound { get; private set; } = true;

    /// <summary>The summary as a Markdown table.</summary>
    public string Markdown => _report.ToString();

    /// <summary>Starts three silos.</summary>
    /// <param name="silo">The built silo.</param>
    /// <param name="size">How long the harms take.</param>
    /// <param name="seed">The same seed sends the same rows.</param>
    /// <param name="say">Takes what happens.</param>
    /// <param name="next">Another version of the silo, for <see cref="UpgradeAsync"/>; null for none.</param>
    public static async Task<ClusterTorture> StartAsync(string silo, ClusterTortureSize size, ulong seed, Action<string> say, string? next = null)
    {
        var cluster = await TortureCluster.StartAsync([silo, silo, silo], size.Environment, next is null ? [] : [next, next, next]);
        var torture = new ClusterTorture(cluster, size, seed, say);
        try
        {
            await torture._labelled.PrepareAsync(CancellationToken.None);
            return torture;
        }
        catch
        {
            await torture.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does all harms, one after the other.</summary>
    public async Task RunAsync()
    {
        await KillSilosAsync();
        await KillMostAsync();
        await PauseSiloAsync();
        await RestartPostgresAsync();
        await KillPostgresAsync();
        await CutSiloAsync();
        await RestartAllAsync();
    }

    /// <summary><c>kill -9</c> of one silo, then of another, then both are started again.</summary>
    public Task KillSilosAsync() => RoundAsync("kill -9 of a silo, then of another; both start again", async load =>
    {
        var first = await ServedAfterAsync(load, (await FullestAsync())[0].KillAsync);
        var second = await ServedAfterAsync(load, (await FullestAsync())[0].KillAsync);
        var back = await ServedAfterAsync(load, _cluster.ReviveAsync);
        return [("the first kill", first), ("the second", second), ("both are ready again", back)];
    });

    /// <summary><c>kill -9</c> of two of the three silos at the same time: the one that is left cannot find anybody who agrees.</summary>
    public Task KillMostAsync() => RoundAsync("kill -9 of two silos at once; both start again", async load =>
    {
        var victims = (await FullestAsync()).Take(2).ToList();
        var without = await ServedAfterAsync(load, () => Task.WhenAll(victims.Select(s => s.KillAsync())));
        var back = await ServedAfterAsync(load, _cluster.ReviveAsync);
        return [("the kill", without), ("both are ready again", back)];
    });

    /// <summary>SIGSTOP of a silo until the others have declared it dead and the time is over; then it is resumed and has to find that out.</summary>
    public Task PauseSiloAsync() => RoundAsync(string.Create(CultureInfo.InvariantCulture, $"SIGSTOP of a silo for {_size.Pause.TotalSeconds:0} s, then SIGCONT"), async load =>
    {
        var silo = (await FullestAsync())[0];
        var paused = Stopwatch.GetTimestamp();
        await silo.SignalAsync("STOP");
        var without = await load.ServedAsync(paused, Patience);
        await Eventually.Async(() => _cluster.IsDeclaredDeadAsync(silo), Patience, "the others declare the paused silo dead");
        if (_size.Pause - Stopwatch.GetElapsedTime(paused) is { Ticks: > 0 } rest)
            await Task.Delay(rest);
        var resumed = Stopwatch.GetTimestamp();
        await silo.SignalAsync("CONT");
        await Eventually.Async(() => !silo.IsRunning, Patience, "the silo that was declared dead ends itself");
        _say(string.Create(CultureInfo.InvariantCulture, $"It ended itself {Stopwatch.GetElapsedTime(resumed).TotalSeconds:0.0} s after it was resumed."));
        var after = await load.ServedAsync(resumed, Patience);
        var back = await ServedAfterAsync(load, _cluster.ReviveAsync);
        return [("SIGSTOP", without), ("SIGCONT", after), ("it is ready again", back)];
    });

    /// <summary>PostgreSQL shuts down in order, cutting off its clients, and comes back.</summary>
    public Task RestartPostgresAsync() => PostgresAwayAsync("PostgreSQL restarts", _cluster.Postgres.StopAsync);

    /// <summary><c>kill -9</c> of the postmaster, which comes back.</summary>
    public Task KillPostgresAsync() => PostgresAwayAsync("kill -9 of PostgreSQL", _cluster.Postgres.KillAsync);

    /// <summary>One silo's connections to PostgreSQL break, and new ones are refused, for a while.</summary>
    public Task CutSiloAsync() => RoundAsync(string.Create(CultureInfo.InvariantCulture, $"a silo cut from PostgreSQL for {_size.Cut.TotalSeconds:0} s"), async load =>
    {
        var way = _cluster.WayOf((await FullestAsync())[0]);
        var cut = Stopwatch.GetTimestamp();
        way.Cut();
        await Task.Delay(_size.Cut);
        _say(string.Create(CultureInfo.InvariantCulture, $"Meanwhile {load.Served(cut)} of {Models} models answered."));
        var back = Stopwatch.GetTimestamp();
        way.Restore();
        return [("the connection is back", await load.ServedAsync(back, Patience))];
    });

    /// <summary><c>kill -9</c> of all silos at once; they come back under other addresses and count from what is stored.</summary>
    public Task RestartAllAsync() => RoundAsync("kill -9 of all silos; all start again", async load =>
    {
        await Task.WhenAll(_cluster.Silos.Select(s => s.KillAsync()));
        var begun = Stopwatch.GetTimestamp();
        var served = load.ServedAsync(begun, Patience);
        await _cluster.ReviveAsync();
        return [("their start", await served)];
    });

    /// <summary>Silos of the other version join one by one; after each, one of the first version drains and leaves.</summary>
    public Task UpgradeAsync() => RoundAsync("rolling upgrade: one joins, one drains and leaves, three times", async load =>
    {
        var served = new List<(string, TimeSpan)>();
        // The new version's, while the first one runs.
        await _cluster.MigrateAsync(_cluster.Silos[3].Assembly);
        for (var i = 0; i < 3; i++)
        {
            await _cluster.Silos[3 + i].StartAsync();
            var leaving = _cluster.Silos[i];
            var told = Stopwatch.GetTimestamp();
            await leaving.SignalAsync("TERM");
            if (await leaving.ExitAsync() is not 0 and var code)
                throw new InvalidOperationException($"{leaving.Name} left with status {code}.");
            served.Add(($"{leaving.Name} was told to leave", await load.ServedAsync(told, Patience)));
        }

        return served;
    });

    public async ValueTask DisposeAsync()
    {
        _labelled.Dispose();
        await _cluster.DisposeAsync();
    }

    private string Run => string.Create(CultureInfo.InvariantCulture, $"round-{_acknowledged.Count + 1}");

    // Those that host most of this round's models: harm that hits none of them shows nothing.
    private Task<IReadOnlyList<TortureServer>> FullestAsync() => _cluster.HostsAsync(Run, Models);

    private Task PostgresAwayAsync(string harm, Func<Task> endAsync) => RoundAsync(harm, async load =>
    {
        await endAsync();
        await Task.Delay(_size.PostgresDown);
        return [("it takes connections", await ServedAfterAsync(load, _cluster.Postgres.StartAsync))];
    });

    private static async Task<TimeSpan> ServedAfterAsync(LoadGenerator load, Func<Task> eventAsync)
    {
        await eventAsync();
        return await load.ServedAsync(Stopwatch.GetTimestamp(), Patience);
    }

    private async Task RoundAsync(string harm, Func<LoadGenerator, Task<IReadOnlyList<(string After, TimeSpan Time)>>> harmAsync)
    {
        _say($"{harm}.");
        // Models of its own: they spread over the silos that are there, where older ones stay on those that lived longest.
        var run = Run;
        var fenced = _cluster.Fenced;
        var labelledRows = _labelled.Rows;
        var generator = new LoadGenerator(new LoadOptions
        {
            Url = _cluster.Url,
            Run = run,
            ModelName = run,
            Connections = 24,
            Rate = _size.Rate,
            BatchRows = 50,
            NumericColumns = 3,
            CategoricalColumns = 2,
            Models = Models,
            ReferenceRows = 500,
            Resend = 0.1,
            WarmUp = TimeSpan.Zero,
            // Finished when the harm is over.
            Duration = TimeSpan.FromHours(1),
            Patience = Patience,
            AttemptLimit = _size.AttemptLimit,
            Seed = _seed,
        });
        var running = generator.RunAsync(CancellationToken.None);
        await generator.Begun;
        using var patience = new CancellationTokenSource();
        var finished = new TaskCompletionSource();
        var labelling = _labelled.RunAsync(run, finished.Task, patience.Token);
        IReadOnlyList<(string After, TimeSpan Time)> answered = [];
        string? fault = null;
        try
        {
            await generator.ServedAsync(Stopwatch.GetTimestamp(), Patience);
            answered = await harmAsync(generator);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            fault = e.Message;
        }

        generator.Finish();
        finished.SetResult();
        patience.CancelAfter(Patience);
        await labelling;
        var result = await running;
        fault ??= await _labelled.FaultOfFiguresAsync(patience.Token);
        _acknowledged.Add(run, result.RowsAcknowledged);
        var counted = await CountAsync();
        if (counted != _acknowledged.Values.Sum())
            fault ??= string.Create(CultureInfo.InvariantCulture, $"{_acknowledged.Values.Sum()} rows acknowledged over all rounds, {counted} counted");
        if (answered.FirstOrDefault(a => a.Time > Target) is { After: { } late })
            fault ??= $"not every model answered within {Target.TotalSeconds} s after {late}";
        var sound = result.Exact && result.Unacknowledged == 0 && fault is null;
        Sound &= sound;
        var times = string.Join(", ", answered.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Time.TotalSeconds:0.0} s after {a.After}")));
        var errors = result.Errors.Count == 0 ? "none" : string.Join(", ", result.Errors.Select(e => $"{e.Key} × {e.Value}"));
        _say($"Every model answers {times}. {(sound ? "Exact" : $"WRONG: {fault}")}\n{result}");
        _report.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {harm} | {times} | {result.RowsAcknowledged:N0} | {_labelled.Rows - labelledRows:N0} | {errors} | {result.Resent:N0} | {_cluster.Fenced - fenced} | {(sound ? "yes" : $"**no**: {fault ?? "the counts"}")} |");
    }

    // Over all rounds, asked of the cluster as it is now.
    private async Task<long> CountAsync()
    {
        using var client = new HttpClient { BaseAddress = _cluster.Url };
        var sum = 0L;
        foreach (var model in _acknowledged.Keys.SelectMany(run => Enumerable.Range(0, Models), (run, i) => $"{run}-{i}"))
        {
            await Eventually.Async(
                async () =>
                {
                    var rows = (await client.GetFromJsonAsync<JsonElement>($"v1/models/{model}")).GetProperty("rows").GetInt64();
                    sum += rows;
                    return true;
                },
                Patience,
                "the model tells its count");
        }

        return sum;
    }
}
