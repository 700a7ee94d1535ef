using System.CommandLine;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Options = Drift.Standalone.Commands.Options;

namespace Drift.Standalone.Loop;

/// <summary><c>demo-loop</c>: drift, trigger, training, canary, promotion, and the roll-back of a worse adapter, on a server with a trainer.</summary>
internal static class LoopCommand
{
    // Long enough for a server that was started in the other terminal a moment ago.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock that paces the traffic.</param>
    public static Command Create(TimeProvider time)
    {
        var url = Options.Url();
        var key = Options.Key();
        var artifacts = new Option<string>("--artifacts") { Description = "The folder of the adapters, the same as the trainer's.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("data", "adapters") };
        var limit = Options.Time("--step-limit", "How long each step may take. Default: 2m.");
        var command = new Command("demo-loop", "Run a model into drift and watch what follows, to the roll-back of a worse adapter; needs a server that triggers `trainer` (make demo-loop).") { url, key, artifacts, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var client = new DriftClient(new HttpClient { Timeout = TimeSpan.FromSeconds(20) }, parsed.GetValue(url)!, Options.KeyOf(parsed.GetValue(key)), time);
            await client.WaitUntilReadyAsync(StartLimit, cancellationToken);
            var options = new ClosedLoopOptions { Artifacts = parsed.GetValue(artifacts)! };
            var loop = new ClosedLoop(client, options with { StepLimit = parsed.GetValue(limit) ?? options.StepLimit }, time, parsed.InvocationConfiguration.Output.WriteLine);
            await loop.RunAsync(cancellationToken);
            return Cli.Ok;
        });
        return command;
    }
}
