using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Gpus;
using Drift.Actors.Local;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Windows;
using Drift.Hosting;
using Drift.Standalone.Demo;
using Drift.Storage;
using Drift.Storage.Panes;

namespace Drift.Standalone.Hosting;

/// <summary>Puts the parts together: local engine, SQLite or PostgreSQL, HTTP API, metrics.</summary>
internal static class DriftHost
{
    /// <summary>The connection string that selects PostgreSQL: <c>ConnectionStrings:Drift</c>.</summary>
    public const string ConnectionString = "Drift";

    public static WebApplication Build(HostOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddDrift(options.Urls, shutdownTimeout: TimeSpan.FromSeconds(30));
        AddStorage(builder.Services, builder.Configuration, options);
        AddEngine(builder.Services);
        if (options.Demo)
            builder.Services.AddDemo();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapValidDrift();
        return app;
    }

    public static void AddStorage(IServiceCollection services, IConfiguration configuration, HostOptions options)
    {
        if (configuration.GetConnectionString(ConnectionString) is { Length: > 0 } connection)
            services.AddDriftPostgres(connection);
        else
            services.AddDriftSqlite(options.SqlitePath);
        services.PostConfigure<PaneShelfOptions>(shelf => shelf.Folder ??= options.Data);
    }

    private static void AddEngine(IServiceCollection services)
    {
        services.AddSingleton<GpuActorServices>();
        services.AddSingleton(p =>
        {
            // Made before the engine, so it ends after it: actors that leave read their panes once more.
            _ = p.GetRequiredService<IPaneShelf>();
            return new LocalEngine(
                engine => ActivatorUtilities.CreateInstance<ModelActorServices>(p, () => engine),
                p.GetRequiredService<IModelDirectory>(),
                p.GetRequiredService<GpuActorServices>(),
                engine => ActivatorUtilities.CreateInstance<TriggerActorServices>(p, () => engine),
                engine => ActivatorUtilities.CreateInstance<TrainingActorServices>(p, () => engine),
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<Microsoft.Extensions.Options.IOptions<ActorOptions>>(),
                p.GetRequiredService<ILogger<LocalEngine>>())
            {
                AdapterServices = engine => ActivatorUtilities.CreateInstance<AdapterActorServices>(p, () => engine),
            };
        });
        services.AddSingleton<IDriftEngine>(p => p.GetRequiredService<LocalEngine>());
    }
}
