using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Api.Wire;
using Drift.Core.Detection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>The short forms that existing scripts use, over all models of the tenant.</summary>
internal static partial class SummaryApi
{
    private const string Tag = "Summary";
    private const int MaxEntries = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/drift/summary", SummaryAsync).RequireScope(ApiScopes.Read).Document("getDriftSummary", Tag, new()
        {
            Summary = "All models in short",
            Description = "The latest known state of every model, without asking the models themselves.",
            Response = Examples.Summary,
        });
        routes.MapGet("/drift/metrics", MetricsAsync).RequireScope(ApiScopes.Read).Document("getDriftMetrics", Tag, new()
        {
            Summary = "Verdicts of all models over time",
            Description = "Newest first, at most 10000. ?days= goes back 1 to 365 days (7), ?window= gives one window only.",
            Response = Examples.Metrics,
            Problems = [400],
        });
        routes.MapPost("/drift/check", CheckAsync).RequireScope(ApiScopes.Read).Document("checkAllDrift", Tag, new()
        {
            Summary = "Evaluate all models now",
            Description = "A model that cannot be evaluated is listed with its error and does not fail the others. ?window= is one of 1h, 24h, 7d, 30d; "
                + "without it each model's first window.",
            Response = Examples.Summary,
            Problems = [400],
        });
    }

    private static async Task<Ok<DriftSummary>> SummaryAsync(HttpContext http, IDriftEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var models = await engine.Catalog(tenant).ListAsync(cancellationToken);
        return TypedResults.Ok(Summarize(tenant, time.GetUtcNow(), [.. models.Select(m => Shorten(tenant, m, m.Verdict))]));
    }

    private static async Task<Ok<DriftSummary>> CheckAsync(
        string? window,
        HttpContext http,
        IDriftEngine engine,
        IOptions<ApiOptions> options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var wanted = Requests.WindowOf(window);
        var logger = loggers.CreateLogger(typeof(SummaryApi));
        var models = await engine.Catalog(tenant).ListAsync(cancellationToken);
        var checkedModels = new ModelSummary[models.Count];
        await Parallel.ForAsync(0, models.Count, Limit(options, cancellationToken), async (i, token) =>
        {
            var status = models[i];
            try
            {
                checkedModels[i] = Shorten(tenant, status, await engine.Model(ModelId.Create(tenant, status.Name)).GetVerdictAsync(wanted, now: true, token));
            }
            catch (Exception e) when (e is DriftException or TimeoutException)
            {
                LogNotEvaluated(logger, e, tenant, status.Name);
                checkedModels[i] = Shorten(tenant, status, null) with { Error = e is DriftException ? e.Message : "It did not answer in time." };
            }
        });
        return TypedResults.Ok(Summarize(tenant, time.GetUtcNow(), checkedModels));
    }

    private static async Task<Ok<DriftMetricsPage>> MetricsAsync(
        int? days, string? window, HttpContext http, IDriftEngine engine, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var length = Requests.InRange("days", days, absent: 7, least: 1, most: 365);
        var from = time.GetUtcNow().AddDays(-length);
        var models = await engine.Catalog(tenant).ListAsync(cancellationToken);
        var query = new HistoryQuery(from, Requests.WindowOf(window), null, models.Count == 0 ? 1 : Math.Max(100, MaxEntries / models.Count));
        var entries = new IReadOnlyList<HistoryEntry>[models.Count];
        await Parallel.ForAsync(0, models.Count, Limit(options, cancellationToken), async (i, token) =>
        {
            try
            {
                entries[i] = await engine.Model(ModelId.Create(tenant, models[i].Name)).GetHistoryAsync(query, token);
            }
            catch (DriftException e) when (e.Error == DriftError.NotFound)
            {
                // Deleted since the catalog was read.
                entries[i] = [];
            }
        });
        var metrics = entries.SelectMany(e => e).OrderByDescending(e => e.Timestamp).ThenBy(e => e.Model, StringComparer.Ordinal).Take(MaxEntries).ToArray();
        return TypedResults.Ok(new DriftMetricsPage(tenant, length, from, metrics.Length, metrics));
    }

    private static ParallelOptions Limit(IOptions<ApiOptions> options, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = options.Value.MaxConcurrentModels, CancellationToken = cancellationToken };

    private static ModelSummary Shorten(string tenant, ModelStatus status, Verdict? verdict) => new()
    {
        Name = status.Name,
        Model = $"{tenant}/{status.Name}",
        Status = status.Status,
        Rows = status.Rows,
        LastIngest = status.LastIngest,
        DriftOpen = status.DriftOpen,
        Window = verdict?.Window,
        EvaluatedAt = verdict?.EvaluatedAt,
        VerdictStatus = verdict?.Status,
        Severity = verdict?.Severity,
        DriftDetected = verdict?.DriftDetected ?? false,
        Psi = verdict?.Psi,
        KlDivergence = verdict?.Kl,
        Js = verdict?.Js,
        CombinedScore = verdict?.CombinedScore,
        BaselineAccuracy = verdict?.ReferenceAccuracy,
        CurrentAccuracy = verdict?.CurrentAccuracy,
        DriftedColumns = verdict?.DriftedColumns,
        Columns = verdict?.Features.Where(f => f.Drifted).Take(5).Select(f => f.Name).ToArray(),
    };

    private static DriftSummary Summarize(string tenant, DateTimeOffset at, IReadOnlyList<ModelSummary> models) => new()
    {
        Tenant = tenant,
        Timestamp = at,
        Models = models,
        Totals = new SummaryTotals
        {
            Models = models.Count,
            Learning = models.Count(m => m.Status == ModelState.Learning),
            Monitoring = models.Count(m => m.Status == ModelState.Monitoring),
            Drifted = models.Count(m => m.DriftDetected),
            DriftOpen = models.Count(m => m.DriftOpen),
            Insufficient = models.Count(m => m.VerdictStatus == VerdictStatus.Insufficient),
            Warning = models.Count(m => m.Severity == Severity.Warning),
            Moderate = models.Count(m => m.Severity == Severity.Moderate),
            Critical = models.Count(m => m.Severity == Severity.Critical),
            Failed = models.Count(m => m.Error is not null),
            Rows = models.Sum(m => m.Rows),
        },
    };

    [LoggerMessage(
        DriftEventId.ModelNotEvaluated,
        LogLevel.Warning,
        "{Tenant}/{Model} could not be evaluated",
        EventName = nameof(DriftEventId.ModelNotEvaluated))]
    private static partial void LogNotEvaluated(ILogger logger, Exception exception, string tenant, string model);
}
