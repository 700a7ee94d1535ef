using Drift.Telemetry.Exposition;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class MetricNamesTests
{
    [Theory]
    [InlineData("drift_check_duration_seconds", "s", "drift_check_duration_seconds", "seconds")]
    [InlineData("drift_check_duration_seconds", null, "drift_check_duration_seconds", "")]
    [InlineData("http.server.request.duration", "s", "http_server_request_duration_seconds", "seconds")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", "dotnet_gc_heap_total_allocated_bytes", "bytes")]
    [InlineData("http.server.active_requests", "{request}", "http_server_active_requests", "")]
    [InlineData("drift_psi", "1", "drift_psi", "")]
    [InlineData("rate", "{request}/s", "rate_per_second", "per_second")]
    [InlineData("speed", "By/s", "speed_bytes_per_second", "bytes_per_second")]
    [InlineData("speed", "m/s", "speed_meters_per_second", "meters_per_second")]
    [InlineData("share", "1/1", "share_per_1", "per_1")]
    [InlineData("latency", "ms", "latency_milliseconds", "milliseconds")]
    [InlineData("size", "KiBy", "size_kibibytes", "kibibytes")]
    [InlineData("load", "%", "load_percent", "percent")]
    [InlineData("odd", "Furlong!", "odd_Furlong", "Furlong")]
    [InlineData("seconds", "s", "seconds", "")]
    [InlineData("trailing.", "s", "trailing_seconds", "seconds")]
    [InlineData("orleans-app-requests", "", "orleans_app_requests", "")]
    [InlineData("a.-/b", null, "a_b", "")]
    [InlineData("1st", null, "_1st", "")]
    [InlineData("a:b", null, "a_b", "")]
    [InlineData("größe", null, "gr_e", "")]
    [InlineData("DCGM_FI_DEV_GPU_UTIL", null, "DCGM_FI_DEV_GPU_UTIL", "")]
    [InlineData("odd_total", null, "odd_total", "")]
    public void A_gauge_is_named(string name, string? unit, string family, string familyUnit) =>
        Assert.Equal((family, familyUnit), MetricNames.Family(name, unit, MetricKind.Gauge));

    [Theory]
    [InlineData("drift_checks_total", "{check}", "drift_checks")]
    [InlineData("drift.checks", null, "drift_checks")]
    [InlineData("dotnet.process.cpu.time", "s", "dotnet_process_cpu_time_seconds")]
    [InlineData("cpu_seconds_total", "s", "cpu_seconds")]
    [InlineData("cpu_total", "s", "cpu_seconds")]
    [InlineData("total", null, "total")]
    [InlineData("_total", null, "_total")]
    public void A_counter_is_named_without_total(string name, string? unit, string family) =>
        Assert.Equal(family, MetricNames.Family(name, unit, MetricKind.Counter).Name);
}
