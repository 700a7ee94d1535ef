using System.Globalization;
using Drift.Core.Detection;
using Drift.Simulation;

// Prints the Markdown tables of docs/statistics.md. Seeded: the same arguments print the same tables.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.FirstOrDefault(a => a is not "--quick" and not "false-alarms" and not "power") is { } unknown)
{
    Console.Error.WriteLine($"'{unknown}' is unknown. Usage: Drift.Simulation [--quick] [false-alarms] [power]");
    return 1;
}

var quick = args.Contains("--quick");
var all = !args.Contains("false-alarms") && !args.Contains("power");
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

return 0;
