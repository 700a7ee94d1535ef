using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Simulation;
using Drift.Support;

namespace Drift.Load;

/// <summary>How often each harm is done.</summary>
internal sealed record TortureRounds(int Kills, int PostgresKills, int FullDisks, int ClockJumps)
{
    public static readonly TortureRounds Full = new(100, 20, 20, 20);
}

/// <summary>
/// Harms the host and its database at random points under load, and checks after every round that each acknowledged row counts and
/// none twice, with 10 % of the batches sent again. Whatever is broken goes on by itself: nothing is done but what a service manager does.
/// </summary>
internal sealed class Torture(ulong seed, Action<string> say)
{
    private const int Models = 3;

    // Where Debian's package puts it; the directory's name is the machine's.
    private static readonly string? FakeTime = new[] { "/usr/lib", "/usr/lib64" }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateDirectories(folder).Prepend(folder))
        .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
        .FirstOrDefault(File.Exists);

    private readonly SplitMix _random = new(seed);
    private readonly StringBuilder _report = new("| harm | store | rounds | exact | rows acknowledged | rows with id and label | refused or lost answers | batches sent again |\n|---|---|---|---|---|---|---|---|\n");

    /// <summary>Why clocks cannot be made to jump here; null when they can.</summary>
    public static string? ClockObstacle => FakeTime is null ? "making the clock jump needs libfaketime: apt-get install faketime" : null;

    /// <summary>Whether every round was exact.</summary>
    public bool Exact { get; private set; } = true;

    /// <summary>The summary as a Markdown table.</summary>
    public string Markdown => _report.ToString();

    /// <summary>Does all harms, one after the other.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="sqlite">On SQLite.</param>
    /// <param name="postgres">On PostgreSQL, where it is installed.</param>
    public async Task RunAsync(TortureRounds rounds, bool sqlite = true, bool postgres = true)
    {
        if (sqlite)
        {
            await KillHostAsync(rounds.Kills, postgres: false);
            await FullDiskAsync(rounds.FullDisks);
            await ClockAsync(rounds.ClockJumps, postgres: false);
        }

        if (!postgres)
            return;
        if (!PostgresServer.IsAvailable)
        {
            say("PostgreSQL is left out: it is not installed.");
            return;
        }

        await KillHostAsync(rounds.Kills, postgres: true);
        await KillPostgresAsync(rounds.PostgresKills);
        await FullPostgresDiskAsync(rounds.FullDisks);
        await ClockAsync(rounds.ClockJumps, postgres: true);
    }

    /// <summary><c>kill -9</c> of the host.</summary>
    public async Task KillHostAsync(int rounds, bool postgres)
    {
        if (rounds == 0)
            return;
        await using var database = postgres ? await PostgresServer.StartNewAsync() : null;
        await using var host = await TortureServer.StartNewAsync(postgres: database is null ? "" : await database.CreateDatabaseAsync());
        await RoundsAsync("kill -9 of the host", postgres ? "PostgreSQL" : "SQLite", rounds, host, async () =>
        {
            await host.KillAsync();
            await host.StartAsync();
        });
    }

    /// <summary><c>kill -9</c> of the postmaster, which comes back after a moment.</summary>
    public async Task KillPostgresAsync(int rounds)
    {
        if (rounds == 0)
            return;
        await using var database = await PostgresServer.StartNewAsync();
        await using var host = await TortureServer.StartNewAsync(postgres: await database.CreateDatabaseAsync());
        await RoundsAsync("kill -9 of PostgreSQL", "PostgreSQL", rounds, host, async () =>
        {
            await database.KillAsync();
            await database.StartAsync();
        });
    }

    /// <summary>The data directory's disk is full for a while.</summary>
    public async Task FullDiskAsync(int rounds)
    {
        if (rounds == 0 || Mount(64) is not { } disk)
            return;
        using (disk)
        {
            await using var host = await TortureServer.StartNewAsync(Path.Combine(disk.Path, "data"));
            await RoundsAsync("disk full", "SQLite", rounds, host, () => FillForAWhileAsync(disk));
        }
    }

    /// <summary>The disk of PostgreSQL's data is full for a while; it may give up then, and is started again once there is space.</summary>
    public async Task FullPostgresDiskAsync(int rounds)
    {
        if (rounds == 0 || Mount(256) is not { } disk)
            return;
        using (disk)
        {
            await using var database = await PostgresServer.StartNewAsync(disk.Path, "max_wal_size=64MB", "min_wal_size=32MB");
            await using var host = await TortureServer.StartNewAsync(postgres: await database.CreateDatabaseAsync());
            await RoundsAsync("disk full", "PostgreSQL", rounds, host, async () =>
            {
                await FillForAWhileAsync(disk);
                await database.StartAsync();
            });
        }
    }

    /// <summary>The host's clock jumps by up to two days, back and forth.</summary>
    public async Task ClockAsync(int rounds, bool postgres)
    {
        if (rounds == 0)
            return;
        if (ClockObstacle is { } obstacle)
        {
            say($"Clock jumps are left out: {obstacle}.");
            return;
        }

        using var folder = new TempDirectory("drift-clock-");
        var clock = folder["offset"];
        await File.WriteAllTextAsync(clock, "+0");
        await using var database = postgres ? await PostgresServer.StartNewAsync() : null;
        await using var host = await TortureServer.StartNewAsync(postgres: database is null ? "" : await database.CreateDatabaseAsync(), environment: new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = FakeTime!,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_NO_CACHE"] = "1",
            // Only the wall clock jumps; the system's monotonic one never does.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        });
        // What a window holds depends on the clock, so only what is stored is checked.
        await RoundsAsync("clock jumps", postgres ? "PostgreSQL" : "SQLite", rounds, host, steadyClock: false, harmAsync: async () =>
        {
            for (var jump = 0; jump < 4; jump++)
            {
                var seconds = (int)((_random.Uniform() - 0.5) * 2 * 172_800);
                // Replaced as a whole: half a number would be another time.
                await File.WriteAllTextAsync(clock + ".new", string.Create(CultureInfo.InvariantCulture, $"{seconds:+0;-0}"));
                File.Move(clock + ".new", clock, overwrite: true);
                await Task.Delay(100);
            }

            // What was counted by one clock must be found by the next, also after a restart.
            await host.KillAsync();
            await host.StartAsync();
        });
    }

    private static async Task FillForAWhileAsync(SmallDisk disk)
    {
        disk.Fill();
        await Task.Delay(500);
        disk.Free();
    }

    private SmallDisk? Mount(int megabytes)
    {
        var disk = SmallDisk.Obstacle is null ? SmallDisk.TryMount(megabytes) : null;
        if (disk is null)
            say($"Full disks are left out: {SmallDisk.Obstacle ?? "the system refuses to mount a small disk"}.");
        return disk;
    }

    private async Task RoundsAsync(string harm, string store, int rounds, TortureServer host, Func<Task> harmAsync, bool steadyClock = true)
    {
        var load = new LoadOptions
        {
            Url = host.Url,
            // Most of them on one model, whose batches then wait for each other and become durable together, several ids in one entry.
            Connections = 12,
            Skew = 2,
            BatchRows = 20,
            NumericColumns = 3,
            CategoricalColumns = 2,
            Models = Models,
            ReferenceRows = 500,
            Resend = 0.1,
            WarmUp = TimeSpan.Zero,
            Duration = TimeSpan.FromSeconds(1.2),
            Patience = TimeSpan.FromMinutes(3),
            Seed = seed,
        };
        using var labelled = new LabelledLoad(host.Url, "labelled", seed);
        await labelled.PrepareAsync(CancellationToken.None);
        var begin = await LoadGenerator.RunAsync(load with { Run = "begin", Duration = TimeSpan.FromSeconds(0.2) });
        var exact = 0;
        long rows = begin.RowsAcknowledged, errors = 0, resent = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var run = string.Create(CultureInfo.InvariantCulture, $"round-{round}");
            using var patience = new CancellationTokenSource(load.Duration + load.Patience);
            var generator = new LoadGenerator(load with { Run = run });
            var running = generator.RunAsync(CancellationToken.None);
            // What is counted already must be known, or there is nothing to compare with.
            await generator.Begun;
            var labelling = labelled.RunAsync(run, Task.Delay(load.Duration), patience.Token);
            var after = TimeSpan.FromSeconds(_random.Uniform() * 0.8);
            await Task.Delay(after);
            await harmAsync();
            var result = await running;
            await labelling;
            var fault = steadyClock ? await labelled.FaultOfFiguresAsync(patience.Token) : null;
            var sound = result.Exact && result.Unacknowledged == 0 && fault is null;
            exact += sound ? 1 : 0;
            rows += result.RowsAcknowledged;
            errors += result.Errors.Values.Sum();
            resent += result.Resent;
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{harm}, {store}, round {round} of {rounds}, after {after.TotalMilliseconds:0} ms: {result.RowsAcknowledged} rows acknowledged, {result.Errors.Values.Sum()} refused or lost answers, {result.Resent} sent again: {(sound ? "exact" : $"WRONG\n{result}{fault}")}"));
        }

        // Once more, from what is stored alone.
        await host.KillAsync();
        await host.StartAsync();
        var counted = await CountAsync(host.Url, load.ModelName);
        var faultAtEnd = (steadyClock ? await labelled.FaultOfFiguresAsync(CancellationToken.None) : null)
            ?? await labelled.FaultOfLabelsAsync(CancellationToken.None)
            ?? (counted == rows ? null : $"{rows} rows acknowledged over all rounds, {counted} counted at the end");
        Exact &= exact == rounds && faultAtEnd is null;
        if (faultAtEnd is not null)
            say($"{harm}, {store}: WRONG at the end, {faultAtEnd}.");
        _report.AppendLine(CultureInfo.InvariantCulture, $"| {harm} | {store} | {rounds} | {exact}{(faultAtEnd is null ? "" : ", but not at the end")} | {rows:N0} | {labelled.Rows:N0} | {errors:N0} | {resent + labelled.Resent:N0} |");
    }

    private static async Task<long> CountAsync(Uri url, string name)
    {
        using var client = new HttpClient { BaseAddress = url };
        var sum = 0L;
        for (var model = 0; model < Models; model++)
            sum += (await client.GetFromJsonAsync<JsonElement>($"v1/models/{name}-{model}")).GetProperty("rows").GetInt64();
        return sum;
    }
}
