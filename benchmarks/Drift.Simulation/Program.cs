using System.Globalization;
using Drift.Core.Adapters;
using Drift.Core.Detection;
using Drift.Simulation;

// Prints the Markdown tables of docs/statistics.md. Seeded: the same arguments print the same tables.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.FirstOrDefault(a => a is not "--quick" and not "false-alarms" and not "power" and not "canary") is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is unknown. Usage: Drift.Simulation [--quick] [false-alarms] [power] [canary]");
    return 1;
}

var quick = args.Contains("--quick");
var all = !args.Contains("false-alarms") && !args.Contains("power") && !args.Contains("canary");
if (all || args.Contains("false-alarms"))
{
    // Many references with few windows each: windows that share a reference share its luck, the larger they are the more.
    var runs = new[]
    {
        FalseAlarms.Run(Table.NoDrift(), references: quick ? 20 : 200, windowsEach: 5, windowRows: 100, seed: 1, DetectionSettings.Default with { MinRows = 100 }),
        FalseAlarms.Run(Table.NoDrift(), references: quick ? 20 : 200, windowsEach: 5, windowRows: 1_000, seed: 2),
        FalseAlarms.Run(Table.NoDrift(), references: quick ? 10 : 250, windowsEach: 2, windowRows: 10_000, seed: 3),
    };
    Report.FalseAlarms(runs);
    foreach (var run in runs)
        Report.Calibration(run);
}

if (all || args.Contains("power"))
{
    ulong seed = 100;
    var results = new List<Power>();
    foreach (var change in Power.Changes)
    {
        results.Add(Power.Run(change, 1_000, references: quick ? 4 : 20, windowsEach: quick ? 5 : 10, seed++));
        results.Add(Power.Run(change, 10_000, references: quick ? 2 : 10, windowsEach: quick ? 2 : 5, seed++));
    }

    Report.Power(results);
}

if (all || args.Contains("canary"))
{
    var (runs, rows) = quick ? (100, 5_000) : (1_000, 20_000);
    ulong seed = 1_000_000;
    Canaries Case(string name, double champion, double canary, double share, CanaryVerdict promoteWhen) =>
        new Canaries { Name = name, Champion = champion, Canary = canary, Share = share, PromoteWhen = promoteWhen, Runs = runs }.Run(rows, seed += 1_000_000);
    Report.Canaries(
    [
        Case("no difference", 0.9, 0.9, 0.5, CanaryVerdict.Better),
        Case("no difference", 0.7, 0.7, 0.5, CanaryVerdict.Better),
        Case("no difference", 0.9, 0.9, 0.1, CanaryVerdict.Better),
        Case("worse by the margin", 0.9, 0.88, 0.5, CanaryVerdict.NotWorse),
        Case("worse by the margin", 0.7, 0.68, 0.1, CanaryVerdict.NotWorse),
        Case("worse by 5 points", 0.9, 0.85, 0.5, CanaryVerdict.Better),
        Case("worse by 5 points", 0.9, 0.85, 0.1, CanaryVerdict.Better),
        Case("worse by 5 points", 0.7, 0.65, 0.5, CanaryVerdict.Better),
        Case("better by 5 points", 0.85, 0.9, 0.5, CanaryVerdict.Better),
        Case("no difference", 0.9, 0.9, 0.5, CanaryVerdict.NotWorse),
    ]);
}

return 0;
