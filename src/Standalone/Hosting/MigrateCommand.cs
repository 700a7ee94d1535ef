using System.CommandLine;
using Drift.Hosting;
using Drift.Standalone.Commands;

namespace Drift.Standalone.Hosting;

/// <summary><c>migrate</c>: brings the database up to date and ends.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Bring the database up to date: SQLite under --data, or PostgreSQL when ConnectionStrings__Drift is set.") { HostOptions.DataOption };
        command.SetAction((parsed, cancellationToken) => RunAsync(new HostOptions(parsed.GetValue(HostOptions.DataOption)!, null, false), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(HostOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = DriftHost.Build(options);
            Console.WriteLine(await DriftHosting.MigrateAsync(app, cancellationToken));
            return Cli.Ok;
        }
        catch (Exception e) when (StartFault.Explain(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return Cli.Error;
        }
    }
}
