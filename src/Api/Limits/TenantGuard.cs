using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Observability;
using Microsoft.Extensions.Options;

namespace Drift.Api.Limits;

/// <summary>Keeps tenants within their limits on this node. A refusal costs no more than a few look-ups: it comes before the body. Thread-safe.</summary>
internal sealed class TenantGuard(
    IDriftEngine engine, PlanCache plans, IOptions<LimitOptions> options, TimeProvider time, ApiInstruments instruments) : IDisposable
{
    // Nothing but a deletion or an operator makes room; a client that waits as told asks once a minute.
    private static readonly TimeSpan QuotaRetry = TimeSpan.FromMinutes(1);

    // Tenants come from API keys, so there are as many as are configured.
    private readonly ConcurrentDictionary<string, TenantUse> _tenants = new(StringComparer.Ordinal);

    private readonly PartitionedRateLimiter<string> _perTenant = PartitionedRateLimiter.Create<string, string>(
        tenant => PlaceOf(tenant, TenantLimits.Of(options.Value, tenant).RequestsPerTenant), StringComparer.Ordinal);

    private readonly PartitionedRateLimiter<ModelId> _perModel = PartitionedRateLimiter.Create<ModelId, ModelId>(
        model => PlaceOf(model, TenantLimits.Of(options.Value, model.Tenant).RequestsPerModel));

    /// <summary>Lets a request in that brings rows or labels for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="bodyBytes">What it costs at once, when that is known; the rest is taken by the admission.</param>
    /// <exception cref="ApiException">The tenant is above one of its rates, or has too many requests under way.</exception>
    public Admission Admit(ModelId model, long bodyBytes)
    {
        var use = UseOf(model.Tenant);
        RequireRate(model, "rows_per_second", "rows", use.Rows);
        RequireRate(model, "bytes_per_second", "bytes", use.Bytes);
        var tenantPlace = _perTenant.AttemptAcquire(model.Tenant);
        if (!tenantPlace.IsAcquired)
            throw TooMany(model, "requests_per_tenant", use.Limits.RequestsPerTenant, $"the tenant '{model.Tenant}'");
        var modelPlace = _perModel.AttemptAcquire(model);
        if (!modelPlace.IsAcquired)
        {
            tenantPlace.Dispose();
            throw TooMany(model, "requests_per_model", use.Limits.RequestsPerModel, $"the model '{model}'");
        }

        var admission = new Admission(use, tenantPlace, modelPlace, time);
        admission.Bytes(bodyBytes);
        return admission;
    }

    /// <summary>Refuses to make one more model than the tenant may have. Two that begin at the same moment may both be let in.</summary>
    /// <exception cref="ApiException">The model does not exist, and the tenant has no room for it.</exception>
    public async ValueTask RequireModelAsync(ModelId model, CancellationToken cancellationToken)
    {
        if (UseOf(model.Tenant).Limits.MaxModels is not (var most and > 0) || await plans.GetAsync(model, cancellationToken) is not { Plan: null, Settings: null })
            return;
        var models = await engine.Catalog(model.Tenant).ListAsync(cancellationToken);
        if (models.Count >= most && !models.Any(m => m.Name == model.Name))
        {
            throw Quota(
                model, "max_models", most, models.Count, $"The tenant '{model.Tenant}' has {models.Count} models and may have {most}; '{model.Name}' would be one more. Delete one, or raise the limit.");
        }
    }

    /// <summary>Refuses a model with more features than it may have.</summary>
    /// <exception cref="ApiException">It has.</exception>
    public void RequireColumns(ModelId model, int columns)
    {
        if (UseOf(model.Tenant).Limits.MaxColumns is var most and > 0 && columns > most)
            throw Quota(model, "max_columns", most, columns, $"The request has {columns} features, a model of the tenant '{model.Tenant}' may have {most}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _perTenant.Dispose();
        _perModel.Dispose();
    }

    private static RateLimitPartition<TKey> PlaceOf<TKey>(TKey key, int most) => most == 0
        ? RateLimitPartition.GetNoLimiter(key)
        : RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = most });

    private TenantUse UseOf(string tenant) =>
        _tenants.TryGetValue(tenant, out var use) ? use : _tenants.GetOrAdd(tenant, name => new TenantUse(TenantLimits.Of(options.Value, name), time));

    private void RequireRate(ModelId model, string limit, string unit, RateBucket? bucket)
    {
        if (bucket?.Wait is not { Ticks: > 0 } wait)
            return;
        var used = Math.Round(bucket.UsedPerSecond, 1);
        instruments.Limited(model.Tenant, limit);
        throw new ApiException(
            ErrorKind.TooManyRequests,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The tenant '{model.Tenant}' may send {bucket.PerSecond:0.###} {unit} per second to this node and has sent {used:0.###}. Nothing of this request was counted; send it again in {Math.Ceiling(wait.TotalSeconds):0} s."))
        {
            Limit = new LimitReport(limit, bucket.PerSecond, used),
            RetryAfter = wait,
        };
    }

    private ApiException TooMany(ModelId model, string limit, int most, string whose)
    {
        instruments.Limited(model.Tenant, limit);
        return new ApiException(
            ErrorKind.TooManyRequests,
            $"{most} requests of {whose} are under way on this node, as many as may be at a time. Nothing of this one was counted; send it again in a moment.")
        {
            Limit = new LimitReport(limit, most, most),
        };
    }

    private ApiException Quota(ModelId model, string limit, int most, int used, string message)
    {
        instruments.Limited(model.Tenant, limit);
        return new ApiException(ErrorKind.QuotaExceeded, message) { Limit = new LimitReport(limit, most, used), RetryAfter = QuotaRetry };
    }
}
