using Drift.Api.Health;
using Drift.Api.Options;
using Drift.Api.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Drift.Api.Tests.Endpoints;

public sealed class OperationsTests
{
    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8", false)]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text; version=1.0.0; charset=utf-8", true)]
    public async Task Metrics_come_in_the_format_that_the_scraper_prefers(string? accept, string type, bool eof)
    {
        await using var host = await ApiHost.StartAsync();
        var reply = await host.GetAsync("/metrics", accept is null ? [] : [("Accept", accept)]);
        Assert.Equal(type, reply.Type?.ToString());
        Assert.Equal(eof, reply.Text.EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_is_ready_while_its_storage_can_be_reached()
    {
        var storage = HealthCheckResult.Healthy();
        await using var host = await ApiHost.StartAsync(services: s => s.AddHealthChecks().AddCheck("storage", () => storage, [HealthTags.Ready, HealthTags.Startup]));
        Assert.Equal("""{"status":"healthy","checks":{"storage":"healthy","lifetime":"healthy"}}""", (await host.GetAsync("/health/ready")).Ok().GetRawText());
        (await host.GetAsync("/health/startup")).Ok();

        storage = HealthCheckResult.Unhealthy();
        var reply = await host.GetAsync("/health/ready");
        Assert.Equal(503, (int)reply.Status);
        Assert.Equal("unhealthy", reply.Json.GetProperty("checks").GetProperty("storage").GetString());
        (await host.GetAsync("/health/live")).Ok();
    }

    [Fact]
    public async Task A_host_that_stops_is_not_ready_any_more()
    {
        await using var host = await ApiHost.StartAsync();
        host.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();
        Assert.Equal(503, (int)(await host.GetAsync("/health/ready")).Status);
        (await host.GetAsync("/health/live")).Ok();
    }

    [Fact]
    public async Task The_index_says_where_to_go()
    {
        await using var host = await ApiHost.StartAsync();
        var index = (await host.GetAsync("/")).Ok();
        Assert.Equal("Orleans.Drift", index.GetProperty("name").GetString());
        Assert.Equal("0.1.0", index.GetProperty("version").GetString());
        foreach (var link in index.GetProperty("links").EnumerateObject())
            Assert.Equal(200, (int)(await host.GetAsync(link.Value.GetString()!)).Status);
    }

    [Fact]
    public async Task A_console_takes_the_index_route_for_itself()
    {
        await using var host = await ApiHost.StartAsync(map: app => app.MapGet("/", () => "console"));
        Assert.Equal("console", (await host.GetAsync("/")).Text);
    }

    [Fact]
    public async Task The_server_does_not_name_itself()
    {
        await using var host = await ApiHost.StartAsync(kestrel: true);
        Assert.Empty((await host.GetAsync("/")).Headers.Server);
    }

    [Fact]
    public async Task Options_that_cannot_work_stop_the_host_with_all_reasons()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(new Dictionary<string, string?>
        {
            [$"{IngestOptions.SectionName}:MaxRows"] = "0",
            [$"{IngestOptions.SectionName}:MaxColumns"] = "0",
            [$"{IngestOptions.SectionName}:MaxFutureSkew"] = "-00:00:01",
        }));
        Assert.Equal(
            ["Drift:Ingest:MaxColumns is 0; it must be 1 to 10000.", "Drift:Ingest:MaxFutureSkew is -00:00:01; it must be 00:00:00 to 1.00:00:00.", "Drift:Ingest:MaxRows is 0; it must be 1 to 1000000."],
            failure.Failures.Order());
    }
}
