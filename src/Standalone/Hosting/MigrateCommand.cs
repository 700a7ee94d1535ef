using System.CommandLine;
using Drift.Standalone.Commands;
using Drift.Storage;

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
        await using var app = DriftHost.TryBuild(options);
        if (app is null)
            return Cli.Error;
        try
        {
            var applied = await app.Services.GetRequiredService<IMigrator>().MigrateAsync(cancellationToken);
            Console.WriteLine(applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
            return Cli.Ok;
        }
        catch (Exception e) when (e is MigrationException or Drift.Actors.DriftException or IOException)
        {
            await Console.Error.WriteLineAsync($"Not migrated: {e.Message}");
            return Cli.Error;
        }
    }
}
