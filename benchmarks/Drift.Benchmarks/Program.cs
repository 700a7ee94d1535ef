using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Drift.Benchmarks;
using Drift.Benchmarks.Gpus;
using Drift.Benchmarks.Journal;
using Drift.Benchmarks.Metrics;
using Drift.Benchmarks.Predictions;
using Perfolizer.Horology;

// `journal [SECONDS]` measures durable appends and nothing else, `predictions [ROWS [SECONDS [FILE]]]` the prediction log, `scrape` the metrics' page, `gpus [POLLS]` the cost of polling. --save FILE also writes the summary and the machine to FILE; everything else goes to BenchmarkDotNet.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["journal", ..])
{
    await JournalRate.RunAsync(TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3));
    return 0;
}

if (args is ["predictions", ..])
{
    var result = await PredictionRate.RunAsync(
        args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000_000,
        TimeSpan.FromSeconds(args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 600));
    if (args.Length > 3)
        File.WriteAllText(args[3], result);
    return 0;
}

if (args is ["scrape"])
{
    ScrapeRate.Run();
    return 0;
}

if (args is ["gpus", ..])
{
    await GpuPollCost.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20_000);
    return 0;
}

var arguments = args.ToList();
string? file = null;
if (arguments.IndexOf("--save") is var at and >= 0)
{
    if (at + 1 == arguments.Count)
    {
        Console.Error.WriteLine("--save needs the file to write to.");
        return 1;
    }

    file = Path.GetFullPath(arguments[at + 1]);
    arguments.RemoveRange(at, 2);
}

var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
if (!arguments.Contains("--filter"))
    arguments.AddRange(["--filter", "*"]);

// In this process: nothing is built per benchmark, so that all of them take two minutes instead of twenty. Many short iterations: on a
// machine that others use, too, the fastest one is the one that nothing interrupted.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(30).WithIterationCount(60).WithIterationTime(TimeInterval.FromMilliseconds(20));
var config = DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableLogFile);
var summaries = BenchmarkSwitcher.FromAssembly(typeof(CoreSummary).Assembly).Run([.. arguments], config).ToArray();
if (summaries.Length == 0)
    return 1;

var table = CoreSummary.Markdown(summaries);
Console.WriteLine();
Console.WriteLine(table);
if (file is not null)
{
    var machine = string.Join('\n', summaries[0].HostEnvironmentInfo.ToFormattedString().Select(l => $"    {l.Trim()}"));
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, $"""
        # Core

        Saved by `make bench SAVE=…` (BenchmarkDotNet, in process, 60 iterations of 20 ms after 30 to warm up). Load average when it
        began: {load} on {Environment.ProcessorCount} processors. The median is what this machine gave under that load, the fastest iteration what the code takes undisturbed.

        {machine}

        {table}
        """.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd() + "\n");
}

return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
