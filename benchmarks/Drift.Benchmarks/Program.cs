using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Drift.Benchmarks;
using Perfolizer.Horology;

// --save FILE also writes the summary and the machine to FILE; everything else goes to BenchmarkDotNet.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
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

if (!arguments.Contains("--filter"))
    arguments.AddRange(["--filter", "*"]);

// In this process: nothing is built per benchmark, so that all of them take two minutes instead of twenty.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(4).WithIterationCount(8).WithIterationTime(TimeInterval.FromMilliseconds(200));
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

        Printed by `make bench` (BenchmarkDotNet, in process, 8 iterations of 200 ms after 4 to warm up), saved by `--save`. The machine is shared
        with other work, so single figures move by some ten per cent from run to run.

        {machine}

        {table}
        """.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd() + "\n");
}

return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
