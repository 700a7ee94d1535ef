using System.Diagnostics.Metrics;
using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Gpus;
using Drift.Actors.Instruments;
using Drift.Actors.Training;
using Drift.Actors.Wakes;
using Drift.Api;
using Drift.Api.Auth;
using Drift.Api.Health;
using Drift.Delivery;
using Drift.Storage;
using Drift.Telemetry.Exposition;
using Drift.Telemetry.Nvml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Hosting;

/// <summary>What a single process and a silo have in common: everything but the engine and the choice of a database.</summary>
public static class DriftHosting
{
    private const int ThreadsPerProcessor = 4;

    /// <summary>Where a host listens when nothing else is said.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>
    /// Adds the HTTP API, actors' options and instruments, the poller of this machine's GPUs, metrics, health and the log. The host adds <see cref="IDriftEngine"/> and
    /// the ports.
    /// </summary>
    /// <param name="builder">The host in the making.</param>
    /// <param name="urls">Where to listen; null: <c>urls</c> of the configuration, else <see cref="DefaultUrl"/>.</param>
    /// <param name="shutdownTimeout">How long a stop may take.</param>
    public static void AddDrift(this WebApplicationBuilder builder, string? urls, TimeSpan shutdownTimeout)
    {
        ArgumentNullException.ThrowIfNull(builder);
        KeepThreadsReady();
        builder.WebHost.UseUrls(urls ?? UrlsOf(builder.Configuration));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdownTimeout);
        AddActors(builder.Services);
        builder.Services.AddDriftDelivery();
        builder.Services.AddDriftApi();
        builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", tags: [HealthTags.Ready, HealthTags.Startup]);
    }

    /// <summary>
    /// The pool begins with a thread per processor and takes half a second to add one. SQLite holds a thread while the disk writes, and reading a
    /// large body holds one for as long as that takes: a processor would idle meanwhile, and the short work of others would wait.
    /// </summary>
    private static void KeepThreadsReady()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, ThreadsPerProcessor * Environment.ProcessorCount), completions);
    }

    /// <summary>Checks all options, so that what is wrong is told for all sections and not for the first, and maps the API.</summary>
    /// <exception cref="OptionsValidationException">Options are wrong.</exception>
    public static void MapValidDrift(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Before the routes read their options.
        app.Services.GetService<IStartupValidator>()?.Validate();
        app.MapDrift();
    }

    /// <summary>Why the host must not listen where it is told to, or null.</summary>
    public static string? Refusal(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return BindingGuard.Check(
            // Endpoints of Kestrel's own configuration take the place of the addresses.
            app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"]).OfType<string>().Append(UrlsOf(app.Configuration)),
            app.Services.GetRequiredService<IOptions<ApiKeyOptions>>().Value.Keys.Count > 0);
    }

    /// <summary>An empty value, as of a variable that a script left empty, says nothing: Kestrel would take it for its own default, port 5000.</summary>
    private static string UrlsOf(IConfiguration configuration) => configuration["urls"] is { Length: > 0 } urls ? urls : DefaultUrl;

    /// <summary>What to do about a PostgreSQL database that lacks migrations, or null when it lacks none.</summary>
    public static async Task<string?> PendingMigrationsAsync(WebApplication app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        var pending = await app.Services.GetRequiredService<IMigrator>().PendingAsync(cancellationToken);
        return pending.Count == 0
            ? null
            : $"Not started: the PostgreSQL database lacks {pending.Count} migration(s) ({string.Join(", ", pending)}). Run this executable with 'migrate' first.";
    }

    /// <summary><c>migrate</c>: brings the database up to date and says what was applied.</summary>
    public static async Task<string> MigrateAsync(WebApplication app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        var applied = await app.Services.GetRequiredService<IMigrator>().MigrateAsync(cancellationToken);
        return applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.";
    }

    private static void AddActors(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<ActorOptions>().BindConfiguration(ActorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ActorOptions>, ActorOptionsValidator>();
        services.AddOptions<ModelInstrumentsOptions>().BindConfiguration(ModelInstrumentsOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelInstrumentsOptions>, ModelInstrumentsOptionsValidator>();
        services.AddSingleton<ModelInstruments>();
        services.AddOptions<MetricRegistryOptions>().BindConfiguration(MetricRegistryOptions.SectionName)
            .Configure<IMeterFactory>((options, meters) => options.Include = MetricRegistryOptions.OfHost(meters))
            .ValidateOnStart();
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
        services.AddSingleton<TriggerInstruments>();
        services.AddOptions<TrainingOptions>().BindConfiguration(TrainingOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TrainingOptions>, TrainingOptionsValidator>();
        services.AddSingleton<TrainingInstruments>();
        services.AddSingleton<ActorWaker>();
        services.AddHostedService<WakeService>();
        services.AddSingleton<IGpuSink, EngineGpuSink>();
        services.AddGpuPolling();
        services.AddOptions<AdapterActorOptions>().BindConfiguration(AdapterActorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AdapterActorOptions>, AdapterActorOptionsValidator>();
        services.AddSingleton<AdapterInstruments>();
        services.AddHostedService<AdapterSweeper>();
    }
}
