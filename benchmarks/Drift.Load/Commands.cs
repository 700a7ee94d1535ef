using System.CommandLine;
using System.Text.Json;

namespace Drift.Load;

/// <summary>The command line.</summary>
internal static class Commands
{
    private const int Ok = 0;
    private const int Wrong = 1;
    private const int Misused = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static RootCommand Create() => new("Load for Orleans.Drift, and what its ingest is measured with.") { Run(), BenchIngest(), BenchMemory(), BenchGrowth(), BenchCluster(), BenchStream(), BenchFairness(), Torture(), TortureCluster(), UpgradeCluster(), BenchSpread(), Serve("serve-empty", false), Serve("serve-walk", true), Front() };

    private static Command Run()
    {
        var defaults = new LoadOptions { Url = new Uri("http://127.0.0.1:8080") };
        var url = Of("--url", defaults.Url.OriginalString, "The server, on this machine.");
        var format = Of("--format", defaults.Format, "json, ndjson, columnar or csv.");
        var connections = Of("--connections", defaults.Connections, "Requests in flight at most.");
        var rate = Of<double?>("--rate", null, "Requests per second at fixed times (open loop). Default: the next when the last is answered (closed loop).");
        var batch = Of("--batch", defaults.BatchRows, "Rows per request.");
        var numeric = Of("--numeric", defaults.NumericColumns, "Numeric columns.");
        var categorical = Of("--categorical", defaults.CategoricalColumns, "Categorical columns.");
        var history = Of("--history", 0.0, "Hours until now over which the times of a batch's rows are spread; 0: rows have no time.");
        var digits = Of("--digits", defaults.Digits, "Decimals of a number; 17: a double's shortest exact form.");
        var models = Of("--models", defaults.Models, "Models.");
        var model = Of("--model", defaults.ModelName, "Their name; a number follows.");
        var skew = Of("--skew", defaults.Skew, "0: all models alike; 1: the n-th gets 1/n of the first.");
        var reference = Of("--reference-rows", defaults.ReferenceRows, "Rows of each new model's reference, sent first; 0: it learns from the load.");
        var warmUp = Of("--warm-up", defaults.WarmUp.TotalSeconds, "Seconds that are not measured.");
        var seconds = Of("--seconds", defaults.Duration.TotalSeconds, "Seconds that are.");
        var resend = Of("--resend", defaults.Resend, "Share of requests that send an acknowledged batch again.");
        var seed = Of("--seed", defaults.Seed, "The same seed sends the same rows.");
        var run = Of<string?>("--run", null, "Begins every batch id. Default: a new one each time.");
        var key = Of<string?>("--key", null, "API key.");
        var noVerify = Of("--no-verify", false, "The server is no monitor: do not read receipts and counts.");
        var json = Of("--json", false, "Print the result as JSON.");
        var command = new Command("run", "Send a load, print what was measured, and check that every acknowledged row counts once.")
        {
            url, format, connections, rate, batch, numeric, categorical, history, digits, models, model, skew, reference, warmUp, seconds, resend, seed, run, key, noVerify, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var address))
                return await MisusedAsync([$"--url '{parsed.GetValue(url)}' is no URL."]);
            var options = defaults with
            {
                Url = address,
                Format = parsed.GetValue(format),
                Connections = parsed.GetValue(connections),
                Rate = parsed.GetValue(rate),
                BatchRows = parsed.GetValue(batch),
                NumericColumns = parsed.GetValue(numeric),
                CategoricalColumns = parsed.GetValue(categorical),
                History = TimeSpan.FromHours(parsed.GetValue(history)),
                Digits = parsed.GetValue(digits),
                Models = parsed.GetValue(models),
                ModelName = parsed.GetValue(model)!,
                Skew = parsed.GetValue(skew),
                ReferenceRows = parsed.GetValue(reference),
                WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Resend = parsed.GetValue(resend),
                Seed = parsed.GetValue(seed),
                Run = parsed.GetValue(run) ?? defaults.Run,
                Key = parsed.GetValue(key),
                Verify = !parsed.GetValue(noVerify),
            };
            if (options.Faults().ToList() is { Count: > 0 } faults)
                return await MisusedAsync(faults);
            try
            {
                var result = await LoadGenerator.RunAsync(options, cancellationToken);
                Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(result, Json) : result.ToString());
                return result.Exact ? Ok : Wrong;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return Wrong;
            }
        });
        return command;
    }

    private static Command BenchIngest()
    {
        var rounds = Of("--rounds", 5, "Rounds; in each, every server is measured once per scenario.");
        var seconds = Of("--seconds", 4.0, "Seconds per measurement.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-ingest", "Measure ingest against an empty endpoint and one that only parses, in interleaved rounds.") { rounds, seconds, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rounds) is < 1 or > 100 || parsed.GetValue(seconds) is not (>= 0.1 and <= 600))
                return await MisusedAsync(["--rounds is 1 to 100, --seconds 0.1 to 600."]);
            if (NoFolder(parsed.GetValue(save)) is { } fault)
                return await MisusedAsync([fault]);
            var report = await IngestBenchmark.RunAsync(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            return await FinishAsync(report.Markdown, report.Exact, parsed.GetValue(save), cancellationToken);
        });
        return command;
    }

    private static Command BenchMemory()
    {
        var rows = Of("--rows", 50_000_000L, "Rows of the first part.");
        var models = Of("--models", 100_000, "Registered models of the last part; a hundredth of them gets rows.");
        var parts = Of("--parts", string.Join(',', MemoryBenchmark.Parts), "Which parts, by comma.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-memory", "Measure what the host holds by rows and by models, and its restart.") { rows, models, parts, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rows) is < 1_000_000 or > 10_000_000_000 || parsed.GetValue(models) is < 100 or > 1_000_000)
                return await MisusedAsync(["--rows is 1000000 to 10000000000, --models 100 to 1000000."]);
            if (NoFolder(parsed.GetValue(save)) is { } fault)
                return await MisusedAsync([fault]);
            var chosen = parsed.GetValue(parts)!.Split(',');
            if (chosen.FirstOrDefault(p => !MemoryBenchmark.Parts.Contains(p)) is { } unknown)
                return await MisusedAsync([$"--parts '{unknown}' is none of {string.Join(", ", MemoryBenchmark.Parts)}."]);
            var report = await MemoryBenchmark.RunAsync(parsed.GetValue(rows), parsed.GetValue(models), chosen, cancellationToken);
            return await FinishAsync(report.Markdown, report.Exact, parsed.GetValue(save), cancellationToken);
        });
        return command;
    }

    private static Command BenchCluster()
    {
        var rounds = Of("--rounds", 3, "Rounds; in each, one process and 1, 2 and 3 silos are measured once.");
        var seconds = Of("--seconds", 6.0, "Seconds per measurement.");
        var silo = Silo();
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-cluster", "Measure rows per CPU-second with 1, 2 and 3 silos against one process, all on PostgreSQL.") { rounds, seconds, silo, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rounds) is < 1 or > 100 || parsed.GetValue(seconds) is not (>= 0.1 and <= 600))
                return await MisusedAsync(["--rounds is 1 to 100, --seconds 0.1 to 600."]);
            if (NoSilo(parsed.GetValue(silo)!) is { } fault)
                return await MisusedAsync([fault]);
            var report = await ClusterBenchmark.RunAsync(
                Path.GetFullPath(parsed.GetValue(silo)!), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            Console.WriteLine(report.Markdown);
            if (parsed.GetValue(save) is { } file)
                await File.WriteAllTextAsync(file, report.Markdown, cancellationToken);
            return report.Exact ? Ok : Wrong;
        });
        return command;
    }

    private static Command BenchGrowth()
    {
        var seconds = Of("--seconds", 5.0, "Seconds per point.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-growth", "Measure what a row costs as columns, batches and models grow.") { seconds, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(seconds) is not (>= 0.1 and <= 600))
                return await MisusedAsync(["--seconds is 0.1 to 600."]);
            if (NoFolder(parsed.GetValue(save)) is { } fault)
                return await MisusedAsync([fault]);
            var (markdown, exact) = await GrowthBenchmark.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken);
            return await FinishAsync(markdown, exact, parsed.GetValue(save), cancellationToken);
        });
        return command;
    }

    private static Command Front()
    {
        var urls = Of("--urls", "http://127.0.0.1:8080", "Where to listen.");
        var to = new Option<string[]>("--to") { Description = "The silos, on this machine.", Required = true, AllowMultipleArgumentsPerToken = true };
        var command = new Command("front", "Send requests to one silo after the other, of those that are ready.") { urls, to };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = FrontServer.Build(parsed.GetValue(urls)!, parsed.GetValue(to)!);
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return Ok;
        });
        return command;
    }

    // Found out before the minutes, not after them.
    private static string? NoFolder(string? save) =>
        save is not null && Path.GetDirectoryName(Path.GetFullPath(save)) is { } folder && !Directory.Exists(folder) ? $"--save {save}: there is no folder {folder}." : null;

    private static async Task<int> FinishAsync(string markdown, bool exact, string? save, CancellationToken cancellationToken)
    {
        Console.WriteLine(markdown);
        if (save is not null)
            await File.WriteAllTextAsync(save, markdown, cancellationToken);
        return exact ? Ok : Wrong;
    }

    private static Command BenchStream()
    {
        var size = Of("--size", "2GB", "Bytes of each upload: a number with MB or GB.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-stream", "Upload NDJSON and CSV of a length in one request each, and print the server's peak memory.") { size, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (BytesOf(parsed.GetValue(size)!) is not { } bytes)
                return await MisusedAsync([$"--size '{parsed.GetValue(size)}' is no number of 1MB to 1000GB."]);
            return await SavedAsync(parsed.GetValue(save), () => StreamBenchmark.RunAsync(bytes, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static Command BenchFairness()
    {
        var rounds = Of("--rounds", 3, "Rounds.");
        var seconds = Of("--seconds", 5.0, "Seconds per measurement.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("fairness", "Measure the latency of a quiet model alone and beside a flood on another one.") { rounds, seconds, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rounds) is < 1 or > 100 || parsed.GetValue(seconds) is not (>= 0.1 and <= 600))
                return await MisusedAsync(["--rounds is 1 to 100, --seconds 0.1 to 600."]);
            return await SavedAsync(
                parsed.GetValue(save), () => FairnessBenchmark.RunAsync(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken), cancellationToken);
        });
        return command;
    }

    private static async Task<int> SavedAsync(string? save, Func<Task<string>> measure, CancellationToken cancellationToken)
    {
        // Found out before the minutes, not after them.
        if (save is not null && Path.GetDirectoryName(Path.GetFullPath(save)) is { } folder && !Directory.Exists(folder))
            return await MisusedAsync([$"--save {save}: there is no folder {folder}."]);
        try
        {
            var markdown = await measure();
            Console.WriteLine(markdown);
            if (save is not null)
                await File.WriteAllTextAsync(save, markdown, cancellationToken);
            return Ok;
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Wrong;
        }
    }

    private static long? BytesOf(string size)
    {
        var unit = size.EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? 1e9 : size.EndsWith("MB", StringComparison.OrdinalIgnoreCase) ? 1e6 : 0;
        return unit > 0 && double.TryParse(size[..^2], out var number) && number * unit is >= 1e6 and <= 1e12 ? (long)(number * unit) : null;
    }

    private static Command Torture()
    {
        var full = TortureRounds.Full;
        var kills = Of("--kills", full.Kills, "Kills of the host, per store.");
        var postgres = Of("--postgres-kills", full.PostgresKills, "Kills of PostgreSQL.");
        var disks = Of("--full-disks", full.FullDisks, "Times that the disk is full, per store; needs root.");
        var clocks = Of("--clock-jumps", full.ClockJumps, "Rounds of clock jumps, per store; needs libfaketime.");
        var store = Of("--store", "both", "sqlite, postgres or both.");
        store.AcceptOnlyFromAmong("sqlite", "postgres", "both");
        var seed = Of("--seed", 20261121UL, "The same seed harms at the same moments.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("torture", "Kill, fill and mislead the host and its database under load, and check every count.") { kills, postgres, disks, clocks, store, seed, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var machine = Machine.Describe();
            var torture = new Torture(parsed.GetValue(seed), Console.WriteLine);
            await torture.RunAsync(
                new TortureRounds(parsed.GetValue(kills), parsed.GetValue(postgres), parsed.GetValue(disks), parsed.GetValue(clocks)),
                sqlite: parsed.GetValue(store) != "postgres",
                postgres: parsed.GetValue(store) != "sqlite");
            Console.WriteLine(torture.Markdown);
            Console.WriteLine(torture.Exact ? "Every acknowledged row counts, none twice." : "THE COUNTS ARE WRONG");
            if (parsed.GetValue(save) is { } file)
                await File.WriteAllTextAsync(file, $"# Torture\n\nSaved by `make torture SAVE=…`. After every round each acknowledged row must count, and none twice.\n\n{machine}\n\n{torture.Markdown}", cancellationToken);
            return torture.Exact ? Ok : Wrong;
        });
        return command;
    }

    private static Command TortureCluster()
    {
        var silo = Silo();
        var seed = Of("--seed", 20261121UL, "The same seed sends the same rows.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("torture-cluster", "Kill, pause and cut off silos, and PostgreSQL below them, under load, and check every count.") { silo, seed, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if ((NoSilo(parsed.GetValue(silo)!) ?? NoFolder(parsed.GetValue(save))) is { } fault)
                return await MisusedAsync([fault]);
            var machine = Machine.Describe();
            await using var torture = await ClusterTorture.StartAsync(
                Path.GetFullPath(parsed.GetValue(silo)!), ClusterTortureSize.Full, parsed.GetValue(seed), Console.WriteLine);
            await torture.RunAsync();
            return await FinishAsync(
                $"""
                # Failures of a cluster

                Saved by `make torture-cluster SAVE=…`: three silos and PostgreSQL on one machine, 9 models, {ClusterTortureSize.Full.Rate:0} requests of 50 rows per
                second through a round-robin front, 10 % of the batches sent again under their ids, and rows with ids and labels beside them. After every harm each
                acknowledged row must count, and none twice; every model must answer within {ClusterTorture.Target.TotalSeconds:0} s. "Every model answers again" is the first answer with 2xx of the last
                of all models to an attempt that was begun after what is named.

                {machine}

                {torture.Markdown}
                """,
                torture.Sound,
                parsed.GetValue(save),
                cancellationToken);
        });
        return command;
    }

    private static Command UpgradeCluster()
    {
        var from = new Option<string>("--from") { Description = "The built silo of the version that runs.", Required = true };
        var to = Silo("--to");
        var seed = Of("--seed", 20261121UL, "The same seed sends the same rows.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("upgrade-cluster", "Replace three silos by those of another version under load, one by one, and check every count.") { from, to, seed, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if ((NoSilo(parsed.GetValue(from)!) ?? NoSilo(parsed.GetValue(to)!) ?? NoFolder(parsed.GetValue(save))) is { } fault)
                return await MisusedAsync([fault]);
            var machine = Machine.Describe();
            await using var torture = await ClusterTorture.StartAsync(
                Path.GetFullPath(parsed.GetValue(from)!), ClusterTortureSize.Full, parsed.GetValue(seed), Console.WriteLine, Path.GetFullPath(parsed.GetValue(to)!));
            await torture.UpgradeAsync();
            return await FinishAsync(
                $"# Rolling upgrade\n\nSaved by `make upgrade-cluster FROM=… SAVE=…`.\n\n{machine}\n\n{torture.Markdown}", torture.Sound, parsed.GetValue(save), cancellationToken);
        });
        return command;
    }

    private static Command BenchSpread()
    {
        var silo = Silo();
        var models = Of("--models", 10_000, "Models.");
        var save = Of<string?>("--save", null, "A Markdown file for the result.");
        var command = new Command("bench-spread", "Measure how models spread over three silos, and how soon all silos are back.") { silo, models, save };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(models) is < 10 or > 1_000_000)
                return await MisusedAsync(["--models is 10 to 1000000."]);
            if ((NoSilo(parsed.GetValue(silo)!) ?? NoFolder(parsed.GetValue(save))) is { } fault)
                return await MisusedAsync([fault]);
            var machine = Machine.Describe();
            var result = await ClusterSpread.RunAsync(Path.GetFullPath(parsed.GetValue(silo)!), parsed.GetValue(models), Console.WriteLine);
            return await FinishAsync(
                $"# Models over silos\n\nSaved by `make bench-spread SAVE=…`: three silos and PostgreSQL on one machine; models without rows.\n\n{machine}\n\n{result.Markdown}",
                result.Reached,
                parsed.GetValue(save),
                cancellationToken);
        });
        return command;
    }

    private static Option<string> Silo(string name = "--silo") => Of(name, "artifacts/bin/Silo/release/Drift.Silo.dll", "The built silo.");

    private static string? NoSilo(string silo) =>
        File.Exists(silo) ? null : $"{silo}: there is no such file. Build the cluster's half: dotnet build src/Silo -c Release.";

    private static Command Serve(string name, bool walk)
    {
        var urls = Of("--urls", "http://127.0.0.1:8081", "Where to listen.");
        var command = new Command(name, walk ? "Serve an endpoint that only reads every number of a JSON body." : "Serve an endpoint that only takes the body.") { urls };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = BaselineServer.Build(parsed.GetValue(urls)!, walk);
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return Ok;
        });
        return command;
    }

    private static async Task<int> MisusedAsync(IEnumerable<string> faults)
    {
        foreach (var fault in faults)
            await Console.Error.WriteLineAsync(fault);
        return Misused;
    }

    private static Option<T> Of<T>(string name, T value, string description) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
