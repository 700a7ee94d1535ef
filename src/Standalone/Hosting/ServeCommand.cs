using System.CommandLine;
using Drift.Hosting;
using Drift.Standalone.Commands;
using Drift.Storage;

namespace Drift.Standalone.Hosting;

/// <summary><c>serve</c>: the monitor.</summary>
internal static partial class ServeCommand
{
    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = $"Where to listen, several separated by semicolons. Default: ASPNETCORE_URLS, else {DriftHosting.DefaultUrl}.",
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
        try
        {
            await using var app = DriftHost.Build(options);
            if ((DriftHosting.Refusal(app) ?? await PrepareDatabaseAsync(app, cancellationToken)) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return Cli.Error;
            }

            await app.StartAsync(cancellationToken);
            LogListening(app.Logger, string.Join(", ", app.Urls), Place(app, options));
            await app.WaitForShutdownAsync(cancellationToken);
            return Cli.Ok;
        }
        catch (Exception e) when (StartFault.Explain(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return Cli.Error;
        }
    }

    /// <summary>Brings the SQLite file up to date; on PostgreSQL only looks, and says what to run when it is behind.</summary>
    private static async Task<string?> PrepareDatabaseAsync(WebApplication app, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(app.Configuration.GetConnectionString(DriftHost.ConnectionString)))
            return await DriftHosting.PendingMigrationsAsync(app, cancellationToken);
        await app.Services.GetRequiredService<IMigrator>().MigrateAsync(cancellationToken);
        return null;
    }

    private static string Place(WebApplication app, HostOptions options) =>
        string.IsNullOrEmpty(app.Configuration.GetConnectionString(DriftHost.ConnectionString)) ? options.SqlitePath : "PostgreSQL";

    [LoggerMessage(EventId = 1, EventName = "Listening", Level = LogLevel.Information, Message = "Orleans.Drift listens on {Urls} and keeps its data in {Place}. Ctrl+C stops it.")]
    private static partial void LogListening(ILogger logger, string urls, string place);
}
