namespace Drift.Simulation;

/// <summary>The experiments' results as Markdown.</summary>
internal static class Report
{
    public static void Canaries(IEnumerable<Canaries> runs)
    {
        Console.WriteLine("### Canaries, looked at after every row");
        Console.WriteLine();
        Console.WriteLine("| case | champion | canary | share | promoted when | canaries | promoted | rolled back | canary rows at the decision: median | 80 % | 95 % |");
        Console.WriteLine("|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|");
        foreach (var run in runs)
        {
            Console.WriteLine(
                $"| {run.Name} | {run.Champion} | {run.Canary} | {run.Share} | {(run.PromoteWhen == Drift.Core.Adapters.CanaryVerdict.Better ? "better" : "not_worse")} | {run.Runs} " +
                $"| {Rate(run.Promoted, run.Runs)} | {Rate(run.RolledBack, run.Runs)} | {At(0.5)} | {At(0.8)} | {At(0.95)} |");

            // Of all canaries, not only of those that were decided.
            string At(double share) => (int)Math.Ceiling(run.Runs * share) - 1 is var i && i < run.Rows.Count ? $"{run.Rows[i]}" : "–";
        }

        Console.WriteLine();
    }

    public static void FalseAlarms(IEnumerable<FalseAlarms> runs)
    {
        Console.WriteLine("### False alarms per window");
        Console.WriteLine();
        Console.WriteLine("| window rows | references × windows | columns | drift_detected, defaults | any q < α, thresholds aside | any PSI > 0.1 | any numeric PSI > 0.1 |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var run in runs)
        {
            Console.WriteLine(
                $"| {run.WindowRows} | {run.References} × {run.Windows / run.References} | {run.Columns.Count} | {Rate(run.Alarms, run.Windows)} " +
                $"| {Rate(run.Significant, run.Windows)} | {Rate(run.BarePsi, run.Windows)} | {Rate(run.BarePsiNumeric, run.Windows)} |");
        }

        Console.WriteLine();
    }

    public static void Calibration(FalseAlarms run)
    {
        Console.WriteLine($"### Calibration of the p-value, {run.WindowRows}-row windows, {run.Windows} windows");
        Console.WriteLine();
        Console.WriteLine("| column | p < 0.01 | p < 0.05 | unpooled p < 0.01 | unpooled p < 0.05 | mean PSI | psi_noise | PSI > 0.1 | drifted |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (name, column) in run.Columns)
        {
            var binned = column.Noise > 0;
            Console.WriteLine(
                $"| {name} | {Rate(column.Below01, run.Windows)} | {Rate(column.Below05, run.Windows)} " +
                $"| {(binned ? Rate(column.RawBelow01, run.Windows) : "–")} | {(binned ? Rate(column.RawBelow05, run.Windows) : "–")} " +
                $"| {(binned ? $"{column.Psi / run.Windows:F4}" : "–")} | {(binned ? $"{column.Noise / run.Windows:F4}" : "–")} " +
                $"| {(binned ? Rate(column.BarePsi, run.Windows) : "–")} | {Rate(column.Drifted, run.Windows)} |");
        }

        Console.WriteLine();
    }

    public static void Power(IEnumerable<Power> results)
    {
        Console.WriteLine("### Power");
        Console.WriteLine();
        Console.WriteLine("| change | window rows | windows | drifted, defaults | q < α, thresholds aside | mean PSI (embedding: MMD) |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var result in results)
        {
            Console.WriteLine(
                $"| {result.Name} | {result.Rows} | {result.Windows} | {Rate(result.Drifted, result.Windows)} " +
                $"| {Rate(result.Significant, result.Windows)} | {result.Psi:F4} |");
        }

        Console.WriteLine();
    }

    private static string Rate(int count, int of) => $"{100.0 * count / of:F1} %";
}
