using System.Text.Json;
using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.Endpoints;

public sealed class TrainingTests
{
    private const string Start = """{"id": "run-1", "model": "credit", "base_model": "llama", "adapter_version": "v4", "parameters": {"rank": "16"}}""";

    [Fact]
    public async Task A_run_is_begun_fed_and_ended_and_shows_its_points()
    {
        await using var host = await StartAsync();
        var begun = (await host.PostAsync("/v1/training/runs", Start)).Ok();
        Assert.Equal(("run-1", "running", "none", "16"), (Text(begun, "id"), Text(begun, "status"), Text(begun, "fault"), Text(begun.GetProperty("parameters"), "rank")));
        const string points = """
            {"batch_id": "b1", "points": [{"step": 1, "epoch": 0.5, "training_loss": 2.5, "learning_rate": 0.001, "samples": 64},
             {"ts": "2026-11-20T12:00:01Z", "step": 2, "validation_loss": 2.25, "ewc_lambda": 0.4, "fisher_matrix_size_bytes": 1024, "replay_buffer_size": 5, "replay_buffer_capacity": 10}]}
            """;
        Assert.Equal("""{"run":"run-1","batch_id":"b1","accepted":2,"duplicate":false,"points":2,"fault":"none"}""", (await host.PostAsync("/v1/training/runs/run-1/metrics", points)).Ok().GetRawText());
        Assert.True((await host.PostAsync("/v1/training/runs/run-1/metrics", points)).Ok().GetProperty("duplicate").GetBoolean());
        Assert.Equal("succeeded", Text((await host.PostAsync("/v1/training/runs/run-1/finish", """{"status": "succeeded", "summary": "done"}""")).Ok(), "status"));

        var detail = (await host.GetAsync("/v1/training/runs/run-1?limit=1")).Ok();
        Assert.Equal(("done", 2), (Text(detail.GetProperty("run"), "summary"), detail.GetProperty("run").GetProperty("points").GetInt32()));
        Assert.Equal((1, 2.5), (detail.GetProperty("points")[0].GetProperty("number").GetInt32(), detail.GetProperty("points")[0].GetProperty("point").GetProperty("training_loss").GetDouble()));
        var rest = (await host.GetAsync($"/v1/training/runs/run-1?after={detail.GetProperty("next").GetInt32()}")).Ok();
        Assert.Equal(
            """[{"number":2,"point":{"timestamp":"2026-11-20T12:00:01Z","step":2,"validation_loss":2.25,"ewc_lambda":0.4,"fisher_matrix_size_bytes":1024,"replay_buffer_size":5,"replay_buffer_capacity":10,"diverged":false}}]""",
            rest.GetProperty("points").GetRawText());
        Assert.False(rest.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task A_point_for_a_run_that_ended_or_never_began_is_refused_and_changes_nothing()
    {
        await using var host = await StartAsync();
        const string point = """{"points": [{"training_loss": 1}]}""";
        (await host.PostAsync("/v1/training/runs/run-1/metrics", point)).Problem(404, "not-found");
        (await host.PostAsync("/v1/training/runs", Start)).Ok();
        (await host.PostAsync("/v1/training/runs/run-1/finish", """{"status": "failed"}""")).Ok();
        var late = (await host.PostAsync("/v1/training/runs/run-1/metrics", point)).Problem(409, "conflict");
        Assert.Contains("is failed since 2026-11-20T12:00:00Z", Text(late, "detail"), StringComparison.Ordinal);
        (await host.PostAsync("/v1/training/runs/run-1/finish", """{"status": "succeeded"}""")).Problem(409, "conflict");
        Assert.Empty((await host.GetAsync("/v1/training/runs/run-1")).Ok().GetProperty("points").EnumerateArray());
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"-Infinity\"")]
    public async Task A_loss_that_is_no_number_says_that_the_run_diverges(string loss)
    {
        await using var host = await StartAsync();
        (await host.PostAsync("/v1/training/runs", Start)).Ok();
        var receipt = (await host.PostAsync("/v1/training/runs/run-1/metrics", $$"""{"points": [{"training_loss": {{loss}}}]}""")).Ok();
        Assert.Equal("diverging", Text(receipt, "fault"));
        Assert.Equal("""{"timestamp":"2026-11-20T12:00:00Z","diverged":true}""", (await host.GetAsync("/v1/training/runs/run-1")).Ok().GetProperty("points")[0].GetProperty("point").GetRawText());
        Assert.Equal("training", Text((await host.GetAsync("/v1/alerts")).Ok().GetProperty("alerts")[0], "kind"));
    }

    [Theory]
    [InlineData("""{"points": []}""", "points")]
    [InlineData("""{"points": [null]}""", "points[0]")]
    [InlineData("""{"points": [{"step": -1}]}""", "points[0].step")]
    [InlineData("""{"points": [{}, {"learning_rate": -0.1}]}""", "points[1].learning_rate")]
    [InlineData("""{"points": [{"ts": "2026-11-21T12:00:00Z"}]}""", "points[0].ts")]
    [InlineData("""{"points": [{"learning_rate": "NaN"}]}""", "points[0].learning_rate")]
    [InlineData("""{"points": [{"loss": 1}]}""", "points[0].loss")]
    [InlineData("""{"batch_id": " ", "points": [{}]}""", "batch_id")]
    public async Task Points_that_cannot_be_are_refused_by_field(string body, string field)
    {
        await using var host = await StartAsync();
        (await host.PostAsync("/v1/training/runs", Start)).Ok();
        var problem = (await host.PostAsync("/v1/training/runs/run-1/metrics", body)).Problem(400, "invalid-request");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Theory]
    [InlineData("""{"model": "nobody"}""", 404, "not-found")]
    [InlineData("""{"model": "a b"}""", 400, "invalid-request")]
    [InlineData("""{"id": "a/b", "model": "credit"}""", 400, "invalid-request")]
    [InlineData("""{"model": "credit", "trigger_id": "nothing"}""", 400, "invalid-request")]
    [InlineData("""{"model": "credit", "parameters": {"rank": ""}}""", 400, "invalid-request")]
    [InlineData("""{"model": "credit", "started_at": "2027-01-01T00:00:00Z"}""", 400, "invalid-request")]
    public async Task A_start_that_cannot_be_is_refused(string body, int status, string slug)
    {
        await using var host = await StartAsync();
        (await host.PostAsync("/v1/training/runs", body)).Problem(status, slug);
        Assert.Equal(0, (await host.GetAsync("/v1/training/runs")).Ok().GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_run_without_an_id_gets_one_and_runs_are_listed_by_model_status_and_trigger()
    {
        await using var host = await StartAsync();
        var trigger = Text((await host.PostAsync("/v1/models/credit/triggers", """{"by": "ada", "reason": "x"}""")).Ok(), "id");
        var first = Text((await host.PostAsync("/v1/training/runs", $$"""{"model": "credit", "trigger_id": "{{trigger}}"}""")).Ok(), "id");
        Assert.Equal(32, first.Length);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await host.PostAsync("/v1/training/runs", Start)).Ok();
        (await host.PostAsync("/v1/training/runs/run-1/finish", """{"status": "cancelled"}""")).Ok();

        Assert.Equal(["run-1", first], Ids(await host.GetAsync("/v1/training/runs")));
        Assert.Equal([first], Ids(await host.GetAsync("/v1/training/runs?status=running")));
        Assert.Equal([first], Ids(await host.GetAsync($"/v1/training/runs?trigger={trigger}")));
        Assert.Equal([first], Ids(await host.GetAsync("/v1/training/runs?limit=1&before=run-1")));
        Assert.Empty(Ids(await host.GetAsync("/v1/training/runs?model=fraud")));
        Assert.Equal(("running", first), (await host.GetAsync($"/v1/triggers/{trigger}")).Ok() is var t ? (Text(t, "status"), Text(t, "training_run")) : default);
        (await host.PostAsync("/v1/training/runs/run-1/finish", """{"status": "running"}""")).Problem(400, "invalid-request");
    }

    private static async Task<ApiHost> StartAsync()
    {
        var host = await ApiHost.StartAsync();
        (await host.PutAsync("/v1/models/credit", "{}")).Ok();
        return host;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IEnumerable<string> Ids(Reply reply) => reply.Ok().GetProperty("runs").EnumerateArray().Select(t => Text(t, "id"));
}
