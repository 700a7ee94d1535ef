using System.CommandLine;
using System.Globalization;
using Drift.Standalone.Demo;

namespace Drift.Standalone.Commands;

/// <summary><c>demo</c>: sends made-up models whose drift begins while you watch.</summary>
internal static class DemoCommand
{
    // Long enough for a server that was started in the other terminal a moment ago.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock that paces the traffic.</param>
    /// <param name="http">What requests go through; null makes one.</param>
    public static Command Create(TimeProvider time, HttpClient? http = null)
    {
        var defaults = new DemoOptions();
        var url = Options.Url();
        var key = Options.Key();
        var models = Options.Count("--models", "How many: fraud, churn, price, support, then fraud-2 and so on.", defaults.Models, 1, 1_000);
        var seed = Options.Count("--seed", "The same seed sends the same rows.", defaults.Seed, 0, int.MaxValue);
        var rate = Options.Rate("--rate", "Rows per second of each model.", defaults.RowsPerSecond);
        var driftAfter = Options.Time("--drift-after", "Traffic like the reference before drift begins. Default: 20s.");
        var ramp = Options.Time("--ramp", "How long drift grows before it is there in full. Default: 15s.");
        var duration = Options.Time("--duration", "When to stop. Default: with Ctrl+C.");
        var command = new Command("demo", "Send made-up models whose drift begins while you watch.")
        {
            url, key, models, seed, rate, driftAfter, ramp, duration,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new DemoOptions
            {
                Url = parsed.GetValue(url),
                Key = Options.KeyOf(parsed.GetValue(key)),
                Models = parsed.GetValue(models),
                Seed = parsed.GetValue(seed),
                RowsPerSecond = parsed.GetValue(rate),
                DriftAfter = parsed.GetValue(driftAfter) ?? defaults.DriftAfter,
                Ramp = parsed.GetValue(ramp) ?? defaults.Ramp,
                Duration = parsed.GetValue(duration),
            };
            if (options.RowsPerSecond is <= 0 or > 100_000)
            {
                var given = options.RowsPerSecond.ToString(CultureInfo.InvariantCulture);
                throw new CommandException($"--rate is {given}, it must be above 0 and at most 100000.");
            }

            var output = parsed.InvocationConfiguration.Output;
            var traffic = new DemoTraffic(http ?? new HttpClient(), options, time, output.WriteLine);
            try
            {
                await traffic.RunAsync(StartLimit, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl+C is how a demo ends.
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Ended after {traffic.RowsSent} rows."));
            return Cli.Ok;
        });
        return command;
    }
}
