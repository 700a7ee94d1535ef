using System.CommandLine;
using Drift.Standalone.Commands;

namespace Drift.Standalone.Tests;

/// <summary>What a command line gave.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>Runs the commands of this program with a clock of their own.</summary>
    public static async Task<CommandRun> OfAsync(TimeProvider time, params string[] args)
    {
        var root = new RootCommand("drift") { CompareCommand.Create(time), ReplayCommand.Create(time), DemoCommand.Create(time) };
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await Cli.RunAsync(root, args, output, error);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public static Task<CommandRun> OfAsync(params string[] args) => OfAsync(TimeProvider.System, args);
}
