using Drift.Actors;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Local;
using Drift.Actors.Model;
using Drift.Actors.Ports;
using Drift.Api;
using Drift.Api.Auth;
using Drift.Api.Health;
using Drift.Delivery;
using Drift.Standalone.Demo;
using Drift.Storage;
using Drift.Telemetry.Exposition;
using Drift.Telemetry.Nvml;
using Microsoft.Extensions.Options;

namespace Drift.Standalone.Hosting;

/// <summary>Puts the parts together: local engine, SQLite or PostgreSQL, HTTP API, metrics.</summary>
internal static class DriftHost
{
    /// <summary>The connection string that selects PostgreSQL: <c>ConnectionStrings:Drift</c>.</summary>
    public const string ConnectionString = "Drift";

    public static WebApplication Build(HostOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Urls ?? builder.Configuration["urls"] ?? HostOptions.DefaultUrl);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        AddStorage(builder.Services, builder.Configuration, options);
        AddActors(builder.Services);
        builder.Services.AddDriftDelivery();
        builder.Services.AddDriftApi();
        builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", tags: [HealthTags.Ready, HealthTags.Startup]);
        if (options.Demo)
            builder.Services.AddDemo();
        configure?.Invoke(builder);

        var app = builder.Build();
        // Before the routes read their options: what is wrong is told for all sections, not for the first.
        app.Services.GetService<IStartupValidator>()?.Validate();
        app.MapDrift();
        return app;
    }

    /// <summary>Why the host must not listen where it is told to, or null.</summary>
    public static string? Refusal(WebApplication app) => BindingGuard.Check(
        // Endpoints of Kestrel's own configuration take the place of the addresses.
        app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().Append(app.Configuration["urls"] ?? HostOptions.DefaultUrl),
        app.Services.GetRequiredService<IOptions<ApiKeyOptions>>().Value.Keys.Count > 0);

    public static void AddStorage(IServiceCollection services, IConfiguration configuration, HostOptions options)
    {
        if (configuration.GetConnectionString(ConnectionString) is { Length: > 0 } connection)
            services.AddDriftPostgres(connection);
        else
            services.AddDriftSqlite(options.SqlitePath);
    }

    private static void AddActors(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ActorOptions>().BindConfiguration(ActorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ActorOptions>, ActorOptionsValidator>();
        services.AddOptions<ModelInstrumentsOptions>().BindConfiguration(ModelInstrumentsOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelInstrumentsOptions>, ModelInstrumentsOptionsValidator>();
        services.AddSingleton<ModelInstruments>();
        services.AddOptions<MetricRegistryOptions>().BindConfiguration(MetricRegistryOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MetricRegistryOptions>, MetricRegistryOptionsValidator>();
        services.AddSingleton(p =>
        {
            var registry = new MetricRegistry(p.GetRequiredService<IOptions<MetricRegistryOptions>>().Value, p.GetService<ILogger<MetricRegistry>>());
            // The counters of a model leave with its gauges.
            p.GetRequiredService<ModelInstruments>().Removed += model => registry.Forget([new("tenant", model.Tenant), new("model", model.Name)]);
            return registry;
        });
        services.AddOptions<GpuActorOptions>().BindConfiguration(GpuActorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GpuActorOptions>, GpuActorOptionsValidator>();
        services.AddSingleton<GpuInstruments>();
        services.AddSingleton<GpuActorServices>();
        services.AddSingleton<IGpuSink, EngineGpuSink>();
        services.AddGpuPolling();
        services.AddSingleton(p => new LocalEngine(
            engine => new ModelActorServices(
                () => engine,
                p.GetRequiredService<IActorStateStore>(),
                p.GetRequiredService<IJournal>(),
                p.GetRequiredService<IPredictionLog>(),
                p.GetRequiredService<IHistory>(),
                p.GetRequiredService<IAlertStore>(),
                p.GetRequiredService<IAlertRouter>(),
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<IOptions<ActorOptions>>(),
                p.GetRequiredService<ModelInstruments>(),
                p.GetRequiredService<ILogger<ModelActor>>()),
            p.GetRequiredService<IModelDirectory>(),
            p.GetRequiredService<GpuActorServices>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IOptions<ActorOptions>>(),
            p.GetRequiredService<ILogger<LocalEngine>>()));
        services.AddSingleton<IDriftEngine>(p => p.GetRequiredService<LocalEngine>());
    }
}
