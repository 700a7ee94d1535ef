using System.Globalization;
using System.Text;
using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>Input that is right but that few think of.</summary>
public sealed class UnusualInputTests
{
    private const string Settings = """{"min_rows": 20, "windows": ["1h"]}""";

    [Fact]
    public async Task A_batch_id_of_rows_says_nothing_of_labels()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json(Settings))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Sending.Batch(100, 1))).Expect(200);
        (await server.SendAsync(HttpMethod.Post, "/v1/models/m/predictions", Sending.Batch(10, 2, ids: true), "2026-01-01")).Expect(200);
        const string labels = """{"batch_id": "2026-01-01", "labels": [{"id": "p-2-0", "label": "yes"}]}""";

        var first = (await server.PostAsync("/v1/models/m/labels", Bodies.Json(labels))).Expect(200);
        Assert.False(first["duplicate"].GetBoolean());
        Assert.Equal(1, first["matched"].GetInt32());
        Assert.True((await server.PostAsync("/v1/models/m/labels", Bodies.Json(labels))).Expect(200)["duplicate"].GetBoolean());
        await server.RestartAsync();
        Assert.True((await server.PostAsync("/v1/models/m/labels", Bodies.Json(labels))).Expect(200)["duplicate"].GetBoolean());
        Assert.Equal(10, await server.RowsAsync("m"));
    }

    [Fact]
    public async Task An_id_that_comes_twice_is_labelled_once()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json(Settings))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Sending.Batch(100, 1))).Expect(200);
        const string row = """{"id": "a", "prediction": "yes", "features": {"age": 1, "job": "nurse"}}""";
        (await server.PostAsync("/v1/models/m/predictions", Bodies.Json($$"""{"rows": [{{row}}, {{row}}]}"""))).Expect(200);
        (await server.PostAsync("/v1/models/m/predictions", Bodies.Json($$"""{"rows": [{{row}}]}"""))).Expect(200);

        var receipt = (await server.PostAsync("/v1/models/m/labels", Bodies.Json("""{"labels": [{"id": "a", "label": "yes"}, {"id": "a", "label": "yes"}]}"""))).Expect(200);

        Assert.Equal((1, 1), (receipt["matched"].GetInt32(), receipt["repeated"].GetInt32()));
        Assert.Equal(1, (await server.GetAsync("/v1/models/m/performance"))["current"].GetProperty("labelled").GetInt64());
        Assert.Equal(3, await server.RowsAsync("m"));
    }

    [Fact]
    public async Task A_batch_at_the_limit_of_rows_each_with_an_id_and_as_many_labels_are_taken()
    {
        const int count = 100_000;
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json(Settings))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Sending.Batch(100, 1))).Expect(200);
        var rows = new StringBuilder("id,age,job,prediction\n");
        var labels = new StringBuilder("id,label\n");
        for (var i = 0; i < count; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"p{i},{i % 97},nurse,yes\n");
            labels.Append(CultureInfo.InvariantCulture, $"p{i},{(i % 4 == 0 ? "no" : "yes")}\n");
        }

        Assert.Equal(count, (await server.PostAsync("/v1/models/m/predictions", Bodies.Csv(rows.ToString()))).Expect(200)["accepted"].GetInt32());
        Assert.Equal(count, (await server.PostAsync("/v1/models/m/labels", Bodies.Csv(labels.ToString()))).Expect(200)["matched"].GetInt32());
        var performance = (await server.GetAsync("/v1/models/m/performance")).Expect(200)["current"];
        Assert.Equal((count, 0.75), (performance.GetProperty("labelled").GetInt32(), performance.GetProperty("accuracy").GetDouble()));
    }

    [Fact]
    public async Task Columns_whose_names_collide_or_need_escapes_are_told_apart()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json(Settings))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Rows(1))).Expect(200);
        (await server.PostAsync("/v1/models/m/predictions", Rows(1000))).Expect(200);

        var verdict = (await server.GetAsync("/v1/models/m/drift")).Expect(200);
        Assert.True(verdict["drift_detected"].GetBoolean());
        var columns = verdict["features"].EnumerateArray().Select(f => $"{f.GetProperty("role")} {f.GetProperty("name")}").ToArray();
        Assert.Equal(columns.Length, columns.Distinct().Count());
        foreach (var name in (string[])["prediction", "score", "label", "q\"\\\n\u00e9", "a.length", "a.length_", "..", "%2F"])
        {
            Assert.Contains($"feature {name}", columns);
            (await server.GetAsync($"/v1/models/m/features/{Uri.EscapeDataString(name).Replace("..", "%2E%2E", StringComparison.Ordinal)}")).Expect(200);
        }

        foreach (var path in (string[])["quality", "performance", "segments", "drift/history?feature=prediction"])
            (await server.GetAsync($"/v1/models/m/{path}")).Expect(200);
        var series = (await server.GetAsync("/metrics")).Expect(200).Text.Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')]).ToArray();
        Assert.Equal([], series.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(server.Errors.Entries);

        static HttpContent Rows(int shift) => Bodies.Json($$"""{"rows": [{{string.Join(',', Enumerable.Range(0, 60).Select(i => $$$"""
            {"features": {"prediction": {{{i + shift}}}, "score": {{{i + shift}}}, "label": {{{i}}}, "q\"\\\né": {{{i}}}, "a": "one two three {{{i}}} {{{new string('x', 40)}}}", "a.length": {{{i}}}, "..": 1, "%2F": 2},
            "prediction": "c{{{i % 2}}}", "score": {"c0": 0.5, "c1": 0.5}, "label": "c{{{i % 2}}}"}
            """))}}]}""");
    }

    [Fact]
    public async Task A_model_that_learned_from_rows_without_values_still_answers()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json("""{"reference": {"rows": 30}, "min_rows": 20, "windows": ["1h"]}"""))).Expect(200);
        var empty = $$$"""{"rows": [{{{Bodies.Repeat("{},", 29)}}}{"features": {"age": null}}]}""";
        for (var i = 0; i < 3; i++)
            (await server.PostAsync("/v1/models/m/predictions", Bodies.Json(empty))).Expect(200);
        (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(30, 1))).Expect(200);

        foreach (var path in (string[])["", "/drift", "/quality", "/performance", "/segments", "/reference"])
            (await server.GetAsync($"/v1/models/m{path}")).Expect(200);
        Assert.Contains("no value", (await server.GetAsync("/v1/models/m/reference"))["warnings"].ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Errors.Entries);
    }

    [Fact]
    public async Task A_chunked_body_beyond_the_limit_is_refused_while_it_arrives()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock(), new() { ["Drift:Ingest:MaxBodyBytes"] = "65536" });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/v1/models/m/predictions"));
        request.Content = Bodies.Of(Encoding.UTF8.GetBytes($$"""{"rows": [{{Sending.Rows(1500, 1)}}]}"""));
        request.Headers.TransferEncodingChunked = true;

        var answer = (await Answer.OfAsync(await server.Http.SendAsync(request))).Expect(413);

        Assert.Equal("urn:drift:error:too-large", answer["type"].GetString());
        (await server.GetAsync("/v1/models/m")).Expect(404);
        (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(3, 1))).Expect(200);
        Assert.Equal(3, await server.RowsAsync("m"));
    }

    [Fact]
    public async Task A_segment_of_many_values_does_not_take_a_profile_for_each()
    {
        await using var server = await DriftServer.StartAsync(new FakeClock());
        (await server.PutAsync("/v1/models/m", Bodies.Json("""{"min_rows": 20, "windows": ["1h"], "segments": ["user"]}"""))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Sending.Batch(100, 1))).Expect(200);
        for (var batch = 0; batch < 4; batch++)
        {
            var rows = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$$"""{"features": {"age": {{{i % 90}}}, "job": "nurse"}, "segment": {"user": "u{{{batch}}}-{{{i}}}"}}"""));
            (await server.PostAsync("/v1/models/m/predictions", Bodies.Json($$"""{"rows": [{{rows}}]}"""))).Expect(200);
        }

        Assert.Equal(20_000, await server.RowsAsync("m"));
        Assert.InRange((await server.GetAsync("/v1/models/m/segments")).Expect(200)["segments"].GetArrayLength(), 0, 1000);
    }
}
