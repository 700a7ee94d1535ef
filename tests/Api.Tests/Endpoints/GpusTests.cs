using Drift.Actors;
using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.Endpoints;

public sealed class GpusTests
{
    private const string Sound = """
        {"reports": [{"at": "2026-11-20T11:59:59Z", "driver_version": "560", "gpus": [{"index": 0, "uuid": "GPU-1", "model": "H", "temperature_celsius": 61,
         "throttle_mask": 68, "processes": [{"pid": 7, "kind": "compute"}], "missing": {"power_watts": "not_supported"}}]}]}
        """;

    [Fact]
    public async Task A_report_is_taken_and_shown()
    {
        await using var host = await ApiHost.StartAsync();

        var receipt = (await host.PostAsync("/v1/gpus/gpu-7/samples", Sound)).Ok();
        var node = (await host.GetAsync("/v1/gpus/gpu-7")).Ok();
        var list = (await host.GetAsync("/v1/gpus")).Ok();

        Assert.Equal("""{"accepted":1,"ignored":0}""", receipt.GetRawText());
        Assert.Equal(
            """{"node":"gpu-7","silent":false,"reported_at":"2026-11-20T11:59:59Z","state":"ok","driver_version":"560","gpus":[{"index":0,"uuid":"GPU-1","model":"H","state":"present","temperature_celsius":61,"""
                + "\"throttle_mask\":68,\"throttle_reasons\":[\"sw_power_cap\",\"hw_thermal_slowdown\"],"
                + "\"processes\":[{\"pid\":7,\"kind\":\"compute\"}],\"missing\":{\"power_watts\":\"not_supported\"}}]}",
            node.GetRawText());
        var listed = Assert.Single(list.GetProperty("nodes").EnumerateArray());
        Assert.Equal("gpu-7", listed.GetProperty("node").GetString());
        Assert.False(listed.GetProperty("gpus")[0].TryGetProperty("processes", out _));
    }

    [Fact]
    public async Task A_node_that_never_reported_is_not_found()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/gpus/nobody")).Problem(404, "not-found");
    }

    [Theory]
    [InlineData("", GpuResolution.Raw, 1)]
    [InlineData("?hours=2", GpuResolution.Minute, 2)]
    [InlineData("?hours=48", GpuResolution.Minute, 48)]
    [InlineData("?hours=49", GpuResolution.Hour, 49)]
    [InlineData("?hours=49&resolution=raw", GpuResolution.Raw, 49)]
    [InlineData("?resolution=hour", GpuResolution.Hour, 1)]
    public async Task History_is_as_fine_as_its_length_allows_or_as_asked(string query, GpuResolution resolution, int hours)
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/gpus/gpu-7/samples", Sound);

        var page = (await host.GetAsync($"/v1/gpus/gpu-7/history{query}")).Ok();

        Assert.Equal(resolution.ToString().ToLowerInvariant(), page.GetProperty("resolution").GetString());
        Assert.Equal(61, page.GetProperty("samples")[0].GetProperty("temperature_celsius").GetDouble());
        Assert.Equal(new GpuHistoryQuery(host.Clock.GetUtcNow().AddHours(-hours), resolution, null, 1000), ((FakeGpu)host.Engine.Gpu("gpu-7")).LastQuery);
    }

    [Theory]
    [InlineData("/v1/gpus/-x", "node", "must be 1 to 128 of A-Z a-z 0-9 . _ -")]
    [InlineData("/v1/gpus/a/history?hours=0", "hours", "is 0, it must be 1 to 9600")]
    [InlineData("/v1/gpus/a/history?limit=10001", "limit", "is 10001, it must be 1 to 10000")]
    [InlineData("/v1/gpus/a/history?resolution=second", "resolution", "is 'second', it must be one of raw, minute, hour")]
    public async Task A_question_that_cannot_be_is_answered_with_its_field(string path, string field, string message)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.GetAsync(path)).Problem(400, "invalid-request");
        Assert.Contains(message, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"reports": []}""", "reports", "has 0 elements")]
    [InlineData("""{"reports": [null]}""", "reports[0]", "is null")]
    [InlineData("""{"reports": [{"gpus": []}]}""", "reports[0].at", "is missing")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:06:00Z"}]}""", "reports[0].at", "is 2026-11-20T12:06:00Z, which is in the future")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [null]}]}""", "reports[0].gpus[0]", "is null")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{}]}]}""", "reports[0].gpus[0].uuid", "is missing")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a"}, {"uuid": "a"}]}]}""", "reports[0].gpus[1].uuid", "is of another GPU")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "utilization_percent": 101}]}]}""", "reports[0].gpus[0].utilization_percent", "is 101, it must be 0 to 100")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "memory_used_bytes": -1}]}]}""", "reports[0].gpus[0].memory_used_bytes", "is -1, it must be 0 or more")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "memory_used_bytes": 2, "memory_total_bytes": 1}]}]}""", "reports[0].gpus[0].memory_used_bytes", "more than memory_total_bytes")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "index": -1}]}]}""", "reports[0].gpus[0].index", "is -1")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a\u0000"}]}]}""", "reports[0].gpus[0].uuid", "printable")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "processes": [null]}]}]}""", "reports[0].gpus[0].processes", "null")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "missing": {"x": null}}]}]}""", "reports[0].gpus[0].missing", "null")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "throttle_reasons": [null]}]}]}""", "reports[0].gpus[0].throttle_reasons", "null")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "mig_instances": [{}]}]}]}""", "reports[0].gpus[0].mig_instances", "lacks its uuid")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "state": "fine"}]}""", "reports[0].state", "must be one of ok, library_absent")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "gpus": [{"uuid": "a", "state": "gone"}]}]}""", "reports[0].gpus[0].state", "must be one of present, lost")]
    [InlineData("""{"reports": [{"at": "noon"}]}""", "reports[0].at", "is no time")]
    [InlineData("""{"reports": [{"at": "2026-11-20T12:00:00Z", "temperature": 1}]}""", "reports[0].temperature", "is no known member")]
    public async Task A_report_that_cannot_be_is_refused_with_its_field_and_changes_nothing(string body, string field, string message)
    {
        await using var host = await ApiHost.StartAsync();

        var problem = (await host.PostAsync("/v1/gpus/gpu-7/samples", body)).Problem(400, "invalid-request");

        Assert.Contains(message, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(((FakeGpu)host.Engine.Gpu("gpu-7")).Reports);
    }

    [Fact]
    public async Task More_than_can_be_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        var report = """{"at": "2026-11-20T12:00:00Z"}""";
        (await host.PostAsync("/v1/gpus/a/samples", $$"""{"reports": [{{string.Join(',', Enumerable.Repeat(report, 601))}}]}""")).Problem(400, "invalid-request");
        (await host.PostAsync("/v1/gpus/a/samples", $$"""{"reports": [{"at": "2026-11-20T12:00:00Z", "detail": "{{new string('x', 1 << 20)}}"}]}""")).Problem(413, "too-large");
        (await host.PostAsync("/v1/gpus/a/samples", """{"reports": """)).Problem(400, "malformed-body");
        (await host.PostAsync("/v1/gpus/a/samples", "a,b", "text/csv")).Problem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task Reporting_needs_ingest_and_reading_needs_read()
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys, services: null);

        (await host.PostAsync("/v1/gpus/a/samples", Sound, "application/json", ("X-Api-Key", ApiHost.ReadKey))).Problem(403, "forbidden");
        (await host.PostAsync("/v1/gpus/a/samples", Sound, "application/json", ("X-Api-Key", ApiHost.IngestKey))).Ok();
        (await host.GetAsync("/v1/gpus", ("X-Api-Key", ApiHost.IngestKey))).Problem(403, "forbidden");
        (await host.GetAsync("/v1/gpus/a", ("X-Api-Key", ApiHost.ReadKey))).Ok();
        (await host.GetAsync("/v1/gpus/a/history")).Problem(401, "unauthorized");
    }
}
