using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.Ingest;

public sealed class LabelsTests
{
    private const string Path = "/v1/models/credit/labels";

    [Theory]
    [InlineData("application/json", """{"batch_id": "l-1", "labels": [{"id": "p-1", "label": "yes", "ts": "2026-11-20T10:00:00Z"}, {"id": "p-2", "label": 1.0}, {"id": "p-3", "label": true}]}""")]
    [InlineData("application/x-ndjson", "{\"id\": \"p-1\", \"label\": \"yes\", \"ts\": \"2026-11-20T10:00:00Z\"}\n{\"id\": \"p-2\", \"label\": 1}\r\n\n{\"id\": \"p-3\", \"label\": true}\n")]
    [InlineData("text/csv", "id,label,ts\np-1,yes,2026-11-20T10:00:00Z\np-2,1,\np-3,true,\n")]
    public async Task Labels_are_taken_in_every_format(string type, string body)
    {
        await using var host = await ApiHost.StartAsync();
        var receipt = (await host.PostAsync(Path, body, type)).Ok();
        Assert.Equal(3, receipt.GetProperty("received").GetInt32());
        Assert.Equal(3, receipt.GetProperty("waiting").GetInt32());
        var labels = Assert.Single(host.Engine.Of("credit").LabelBatches).Labels;
        Assert.Equal([("p-1", "yes"), ("p-2", "1"), ("p-3", "true")], labels.Select(l => (l.Id, l.Label)));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), labels[0].Time);
        Assert.Null(labels[1].Time);
    }

    [Theory]
    [InlineData("""{"labels": [{"id": "p", "label": "a"}, {"label": "a"}]}""", "id", 1)]
    [InlineData("""{"labels": [{"id": "p"}]}""", "label", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": null}]}""", "label", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": ""}]}""", "label", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": 1e400}]}""", "label", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": [1]}]}""", "label", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": "a", "ts": "yesterday"}]}""", "ts", 0)]
    [InlineData("""{"labels": [{"id": "p", "label": "a", "weight": 2}]}""", "weight", 0)]
    [InlineData("""{"labels": [3]}""", "labels[0]", 0)]
    public async Task A_label_that_cannot_be_used_refuses_the_request(string body, string field, int row)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync(Path, body)).Problem(400, "malformed-body");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
        Assert.Equal(row, problem.GetProperty("row").GetInt32());
        Assert.Empty(host.Engine.Of("credit").LabelBatches);
    }

    [Theory]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{}")]
    [InlineData("application/json", """{"labels": []}""")]
    [InlineData("application/json", """{"labels": {}}""")]
    [InlineData("application/json", """{"rows": []}""")]
    [InlineData("application/json", """{"labels": [{"id": "p", "label": "a"}]} x""")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "")]
    [InlineData("application/x-ndjson", "{\"id\": \"p\", \"label\": \"a\"} {}")]
    [InlineData("application/x-ndjson", "{\"id\": \"p\"")]
    [InlineData("text/csv", "id,label,age\np,a,3\n")]
    [InlineData("text/csv", "label\na\n")]
    public async Task A_body_that_cannot_be_read_is_refused(string type, string body)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync(Path, body, type)).Problem(400, "malformed-body");
        Assert.Empty(host.Engine.Of("credit").LabelBatches);
    }

    [Fact]
    public async Task A_label_from_the_future_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync(Path, """{"labels": [{"id": "p", "label": "a", "ts": "2026-11-21T12:00:00Z"}]}""")).Problem(400, "invalid-timestamp");
        (await host.PostAsync(Path, """{"labels": [{"id": "p", "label": "a", "ts": "2020-11-21T12:00:00Z"}]}""")).Ok();
    }

    [Fact]
    public async Task A_batch_id_seen_before_is_a_duplicate()
    {
        await using var host = await ApiHost.StartAsync();
        const string body = """{"labels": [{"id": "p", "label": "a"}]}""";
        Assert.False((await host.PostAsync(Path, body, headers: ("Idempotency-Key", "l-1"))).Ok().GetProperty("duplicate").GetBoolean());
        Assert.True((await host.PostAsync(Path, body, headers: ("Idempotency-Key", "l-1"))).Ok().GetProperty("duplicate").GetBoolean());
    }
}
