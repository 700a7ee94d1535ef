using System.CommandLine;
using Drift.Standalone.Commands;
using Drift.Storage;

namespace Drift.Standalone.Hosting;

/// <summary><c>serve</c>: the monitor.</summary>
internal static partial class ServeCommand
{
    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = $"Where to listen, several separated by semicolons. Default: ASPNETCORE_URLS, else {HostOptions.DefaultUrl}.",
        HelpName = "URLS",
    };

    private static readonly Option<bool> Demo = new("--demo") { Description = "Send seeded demo traffic to itself, in which drift begins while you watch." };

    public static Command Create()
    {
        var command = new Command("serve", "Run the monitor (default).") { HostOptions.DataOption, Urls, Demo };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(new HostOptions(parsed.GetValue(HostOptions.DataOption)!, parsed.GetValue(Urls), parsed.GetValue(Demo)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(HostOptions options, CancellationToken cancellationToken)
    {
        await using var app = DriftHost.TryBuild(options);
        if (app is null)
            return Cli.Error;
        try
        {
            if (DriftHost.Refusal(app) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return Cli.Error;
            }

            if (await PrepareDatabaseAsync(app, cancellationToken) is { } pending)
            {
                await Console.Error.WriteLineAsync(pending);
                return Cli.Error;
            }

            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is MigrationException or Drift.Actors.DriftException or IOException)
        {
            await Console.Error.WriteLineAsync($"Not started: {e.Message}");
            return Cli.Error;
        }
        catch (ArgumentException e) when (e.Source is "System.Data.Common" or "Npgsql")
        {
            await Console.Error.WriteLineAsync($"Not started: ConnectionStrings:{DriftHost.ConnectionString} cannot be read: {e.Message}");
            return Cli.Error;
        }

        LogListening(app.Logger, string.Join(", ", app.Urls), Place(app, options));
        await app.WaitForShutdownAsync(cancellationToken);
        return Cli.Ok;
    }

    /// <summary>Brings the SQLite file up to date; on PostgreSQL only looks, and says what to run when it is behind.</summary>
    private static async Task<string?> PrepareDatabaseAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var migrator = app.Services.GetRequiredService<IMigrator>();
        if (string.IsNullOrEmpty(app.Configuration.GetConnectionString(DriftHost.ConnectionString)))
        {
            await migrator.MigrateAsync(cancellationToken);
            return null;
        }

        var pending = await migrator.PendingAsync(cancellationToken);
        return pending.Count == 0
            ? null
            : $"Not started: the PostgreSQL database lacks {pending.Count} migration(s) ({string.Join(", ", pending)}). Run this executable with 'migrate' first.";
    }

    private static string Place(WebApplication app, HostOptions options) =>
        string.IsNullOrEmpty(app.Configuration.GetConnectionString(DriftHost.ConnectionString)) ? options.SqlitePath : "PostgreSQL";

    [LoggerMessage(EventId = 1, EventName = "Listening", Level = LogLevel.Information, Message = "Orleans.Drift listens on {Urls} and keeps its data in {Place}. Ctrl+C stops it.")]
    private static partial void LogListening(ILogger logger, string urls, string place);
}
