using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Drift.Api.Observability;

/// <summary>
/// The requests that ASP.NET Core measures, once more under the names that dashboards in the field ask for: <c>http_*</c> for all routes,
/// <c>api_*</c> for those under <c>/v1</c> and <c>/drift</c>. Listens to ASP.NET Core's own instruments rather than take the time itself, so that a
/// request passes no further middleware. Thread-safe.
/// </summary>
internal sealed class HttpInstruments : IHostedService, IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Http";

    private const string AspNetCore = "Microsoft.AspNetCore.Hosting";

    private readonly MeterListener _listener = new();
    private readonly Counter<long> _httpRequests;
    private readonly Histogram<double> _httpDuration;
    private readonly Counter<long> _apiRequests;
    private readonly Histogram<double> _apiDuration;
    private long _active;

    public HttpInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _httpRequests = meter.CreateCounter<long>("http_requests_total", null, "Requests by method, route and status.");
        _httpDuration = meter.CreateHistogram<double>("http_request_duration_seconds", null, "Time of a request by method and route.");
        _apiRequests = meter.CreateCounter<long>("api_requests_total", null, "Requests of the API by method, route and status.");
        _apiDuration = meter.CreateHistogram<double>("api_request_duration_seconds", null, "Time of a request of the API by method and route.");
        meter.CreateObservableGauge("api_active_requests", () => Interlocked.Read(ref _active), null, "Requests in progress.");

        // Other hosts of this process, in tests, have instruments of the same names: those of this one have its factory as their scope.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == AspNetCore && ReferenceEquals(instrument.Meter.Scope, meters)
                && instrument.Name is ("http.server.request.duration" or "http.server.active_requests"))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Ended(seconds, tags));
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _active, change));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void Ended(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        object? method = null, status = null;
        string? route = null;
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "http.request.method":
                    method = value;
                    break;
                case "http.response.status_code":
                    status = value;
                    break;
                case "http.route":
                    route = value as string;
                    break;
            }
        }

        KeyValuePair<string, object?> byMethod = new("method", method), byRoute = new("route", route ?? "(none)"), byStatus = new("status", status);
        _httpRequests.Add(1, byMethod, byRoute, byStatus);
        _httpDuration.Record(seconds, byMethod, byRoute);
        if (route is null || !(route.StartsWith("/v1/", StringComparison.Ordinal) || route.StartsWith("/drift/", StringComparison.Ordinal)))
            return;
        _apiRequests.Add(1, byMethod, byRoute, byStatus);
        _apiDuration.Record(seconds, byMethod, byRoute);
    }
}
