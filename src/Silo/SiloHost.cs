using Drift.Api.Auth;
using Drift.Hosting;
using Drift.Silo.Cluster;
using Orleans.Dashboard;

namespace Drift.Silo;

/// <summary>Puts the parts together: silo, PostgreSQL, HTTP API, metrics, Orleans' dashboard.</summary>
internal static partial class SiloHost
{
    public const int Ok = 0;
    public const int Error = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ([] or ["serve"] or ["migrate"]))
        {
            await Console.Error.WriteLineAsync($"'{string.Join(' ', arguments)}' is no command. Use 'serve' (default) to run a silo, or 'migrate' to bring the database up to date; options are environment variables, see docs/cluster.md.");
            return Error;
        }

        try
        {
            await using var app = Build();
            if (arguments is ["migrate"])
            {
                Console.WriteLine(await DriftHosting.MigrateAsync(app, CancellationToken.None));
                return Ok;
            }

            if ((DriftHosting.Refusal(app) ?? await DriftHosting.PendingMigrationsAsync(app, CancellationToken.None)) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return Error;
            }

            await app.StartAsync();
            LogListening(app.Logger, string.Join(", ", app.Urls));
            await app.WaitForShutdownAsync();
            return Ok;
        }
        catch (Exception e) when (StartFault.Explain(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return Error;
        }
    }

    public static WebApplication Build(Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddDrift(urls: null, shutdownTimeout: TimeSpan.FromSeconds(60));
        builder.AddCluster();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapValidDrift();
        app.MapOrleansDashboard("/orleans").RequireScope(ApiScopes.Admin).AllowBrowsers().ExcludeFromDescription();
        return app;
    }

    [LoggerMessage(EventId = 10, EventName = "SiloListening", Level = LogLevel.Information, Message = "This silo of Orleans.Drift listens on {Urls}. Ctrl+C drains and stops it.")]
    private static partial void LogListening(ILogger logger, string urls);
}
