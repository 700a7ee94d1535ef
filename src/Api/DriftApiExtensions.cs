using System.Diagnostics.Metrics;
using Drift.Api.Auth;
using Drift.Api.Endpoints;
using Drift.Api.Errors;
using Drift.Api.Health;
using Drift.Api.Ingest;
using Drift.Api.Ingest.Streaming;
using Drift.Api.Integrations;
using Drift.Api.Json;
using Drift.Api.Limits;
using Drift.Api.Observability;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Telemetry.Exposition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Api;

/// <summary>Puts the HTTP API into a host.</summary>
public static class DriftApiExtensions
{
    /// <summary>
    /// Adds what the API needs. The host adds <see cref="Drift.Actors.IDriftEngine"/> itself, and a health check for its storage with
    /// the tags of <see cref="HealthTags"/>; a <see cref="MetricRegistry"/> that it adds before is used.
    /// </summary>
    public static IServiceCollection AddDriftApi(this IServiceCollection services)
    {
        services.AddOptions<IngestOptions>().BindConfiguration(IngestOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptionsValidator>();
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.AddOptions<MetricsEndpointOptions>().BindConfiguration(MetricsEndpointOptions.SectionName);
        services.AddOptions<ApiKeyOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration.GetSection(ApiKeyOptions.SectionName)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiKeyOptions>, ApiKeyOptionsValidator>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<IngestOptions>>((kestrel, ingest) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ingest.Value.MaxBodyBytes;
        });

        services.AddSingleton<IMemoryPoolFactory<byte>, ConnectionMemory.Factory>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton(p => new MetricRegistry(
            new MetricRegistryOptions { Include = MetricRegistryOptions.OfHost(p.GetRequiredService<IMeterFactory>()) }, p.GetService<ILogger<MetricRegistry>>()));
        services.AddSingleton<ApiInstruments>();
        services.AddSingleton<ServingInstruments>();
        services.AddOptions<MlflowOptions>().BindConfiguration(MlflowOptions.SectionName, Strictly).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MlflowOptions>, MlflowOptionsValidator>();
        services.AddSingleton<MlflowRegistry>();
        services.AddSingleton<TelemetryIngest>();
        services.AddSingleton<HttpInstruments>();
        services.AddHostedService(p => p.GetRequiredService<HttpInstruments>());
        services.AddSingleton<ApiKeyRing>();
        services.AddSingleton<PlanCache>();
        services.AddSingleton<IngestScratchPool>();
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.SectionName, Strictly).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsValidator>();
        services.AddSingleton<TenantGuard>();
        services.AddSingleton(p =>
        {
            var slots = new FairSlots(Environment.ProcessorCount);
            p.GetRequiredService<ApiInstruments>().Observe(() => slots.Waiting);
            return slots;
        });
        services.AddSingleton<Arrivals>();
        services.AddSingleton<LongWork>();
        services.AddSingleton<BatchSender>();
        services.AddSingleton<PredictionIngest>();
        services.AddSingleton<PredictionStream>();
        services.AddSingleton<LabelIngest>();
        services.AddSingleton<DriftExceptionHandler>();
        services.AddSingleton<IExceptionHandler>(p => p.GetRequiredService<DriftExceptionHandler>());
        services.AddHealthChecks().AddCheck<LifetimeCheck>("lifetime", tags: [HealthTags.Startup, HealthTags.Ready]);
        services.AddSingleton<IHealthCheckPublisher, HealthGauge>();
        services.Configure<HealthCheckPublisherOptions>(o => (o.Delay, o.Period) = (HealthGauge.Delay, HealthGauge.Period));
        services.ConfigureHttpJsonOptions(json =>
        {
            DriftJson.Configure(json.SerializerOptions);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, DriftJsonContext.Default);
        });
        // A query that does not bind is a problem with a body, as every other refusal.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", o =>
        {
            o.AddDocumentTransformer(DocTransformers.DescribeDocument);
            o.AddOperationTransformer(DocTransformers.DescribeOperation);
        });
        return services;
    }

    // Else the binder leaves out, without a word, whatever named part holds a value that it cannot read: a tenant would have no limit.
    private static void Strictly(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;

    /// <summary>
    /// Adds the API's middleware (problems, access) and routes. Middleware that is added later runs behind it and sees only callers
    /// that were let in.
    /// </summary>
    public static WebApplication MapDrift(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(Problems.WriteBareStatusAsync);
        app.UseMiddleware<AccessMiddleware>();

        // Listens from now on: what is recorded before the first scrape counts too.
        app.Services.GetRequiredService<MetricRegistry>();

        ModelsApi.Map(app);
        PredictionsApi.Map(app);
        LabelsApi.Map(app);
        ReferenceApi.Map(app);
        Endpoints.DriftApi.Map(app);
        FeaturesApi.Map(app);
        PerformanceApi.Map(app);
        QualityApi.Map(app);
        SegmentsApi.Map(app);
        EventsApi.Map(app);
        AlertsApi.Map(app);
        SilencesApi.Map(app);
        OutboxApi.Map(app);
        TriggersApi.Map(app);
        TrainingApi.Map(app);
        SummaryApi.Map(app);
        GpusApi.Map(app);
        TelemetryApi.Map(app);
        MlflowApi.Map(app);
        AdaptersApi.Map(app);
        MetricsApi.Map(app);
        HealthApi.Map(app);
        IndexApi.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        return app;
    }
}
