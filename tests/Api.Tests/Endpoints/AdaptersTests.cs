using System.Text.Json;
using Drift.Api.Tests.Support;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;

namespace Drift.Api.Tests.Endpoints;

public sealed class AdaptersTests
{
    private const string Base = "meta-llama/Llama-3-8B";
    private const string InBase = "base=meta-llama%2FLlama-3-8B";

    [Fact]
    public async Task A_version_is_registered_deployed_and_read_with_its_transitions()
    {
        await using var host = await ApiHost.StartAsync();
        var registered = (await host.PostAsync("/v1/adapters", Registration("v1"))).Ok();
        Assert.Equal(
            """{"tenant":"default","base_model":"meta-llama/Llama-3-8B","version":"v1","model":"support","lora_name":"v1","deployer":"none","training":{"rank":16,"validation_loss":0.4},"metadata":{"data":"tickets"},"state":"trained","is_active":false,"created_at":"2026-11-20T12:00:00Z","updated_at":"2026-11-20T12:00:00Z","sequence":3,"message":"registered as trained"}""",
            registered.GetRawText());

        foreach (var command in new[] { "validate", "ready", "deploy_champion" })
            (await ChangeAsync(host, "v1", command)).Ok();

        var page = (await host.GetAsync($"/v1/adapters/v1?{InBase}")).Ok();
        Assert.True(page.GetProperty("adapter").GetProperty("is_active").GetBoolean());
        var last = page.GetProperty("transitions").EnumerateArray().Last();
        Assert.Equal(
            """{"version":"v1","sequence":7,"at":"2026-11-20T12:00:00Z","command":"loaded","from":"loading","from_role":"champion","to":"serving","to_role":"champion","by":"deployer:none"}""",
            last.GetRawText());
        Assert.Equal(["v1"], Versions((await host.GetAsync("/v1/adapters?state=serving")).Ok()));
        Assert.Equal([], Versions((await host.GetAsync("/v1/adapters?state=failed")).Ok()));
        // The only base model with such a version need not be named.
        Assert.Equal("serving", (await host.GetAsync("/v1/adapters/v1")).Ok().GetProperty("adapter").GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_is_not_possible_is_409_and_names_what_is()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/adapters", Registration("v1"));

        var problem = (await ChangeAsync(host, "v1", "promote")).Problem(409, "conflict");

        Assert.Equal(
            "Version 'v1' of base model meta-llama/Llama-3-8B is trained: 'promote' is not possible. Possible: validate, retire, fail.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"base_model": "b", "version": "v1", "training": {"rank": -1}}""", "training.rank", "is -1, must be 1 to 4096")]
    [InlineData("""{"base_model": "a//b", "version": "v1"}""", "base_model", "is 'a//b', must be 1 to 200")]
    [InlineData("""{"base_model": "b", "version": "a b"}""", "version", "is 'a b', must be 1 to 128")]
    [InlineData("""{"base_model": "b", "version": "compare"}""", "version", "is the name of a route")]
    [InlineData("""{"base_model": "b", "version": "v1", "state": "serving"}""", "state", "must be one of registered, training, trained")]
    [InlineData("""{"base_model": "b", "version": "v1", "state": "flying"}""", "state", "must be one of registered, training, trained, validating")]
    [InlineData("""{"base_model": "b", "version": "v1", "training": {"dropout": 1}}""", "training.dropout", "below 1")]
    [InlineData("""{"base_model": "b", "version": "v1", "ranc": 8}""", "ranc", "is no known member")]
    [InlineData("""{"base_model": "b", "version": "v1", "by": ""}""", "by", "is empty")]
    public async Task A_registration_that_cannot_be_names_the_field_and_changes_nothing(string body, string field, string fault)
    {
        await using var host = await ApiHost.StartAsync();

        var problem = (await host.PostAsync("/v1/adapters", body)).Problem(400, "invalid-request");

        Assert.Contains(fault, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(Versions((await host.GetAsync("/v1/adapters")).Ok()));
    }

    [Fact]
    public async Task An_unknown_version_and_a_wrong_base_model_are_told_apart()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/adapters", Registration("v1"));

        Assert.Contains("no version 'v9'", Detail((await host.GetAsync($"/v1/adapters/v9?{InBase}")).Problem(404, "not-found")), StringComparison.Ordinal);
        Assert.Equal(
            "There is no version 'v1' of base model llama; there is one of meta-llama/Llama-3-8B.", Detail((await host.GetAsync("/v1/adapters/v1?base=llama")).Problem(404, "not-found")));
        await host.PostAsync("/v1/adapters", Registration("v1").Replace(Base, "llama", StringComparison.Ordinal));
        (await host.GetAsync("/v1/adapters/v1")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("base");
        Assert.Equal("trained", (await host.GetAsync("/v1/adapters/v1?base=llama")).Ok().GetProperty("adapter").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_registration_with_other_content_is_a_conflict_and_the_same_again_is_not()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/adapters", Registration("v1"));

        (await host.PostAsync("/v1/adapters", Registration("v1"))).Ok();
        (await host.PostAsync("/v1/adapters", Registration("v1").Replace("16", "8", StringComparison.Ordinal))).Problem(409, "conflict");
    }

    [Fact]
    public async Task The_same_request_again_is_answered_and_not_done_again()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/adapters", Registration("v1"));

        (await ChangeAsync(host, "v1", "validate", "k-1")).Ok();
        (await ChangeAsync(host, "v1", "validate", "k-1")).Ok();
        (await ChangeAsync(host, "v1", "validate", "k-2")).Problem(409, "conflict");
    }

    [Fact]
    public async Task Versions_are_compared_with_their_latest_figures()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync("/v1/adapters", Registration("v1"));
        await host.PostAsync("/v1/adapters", Registration("v2"));
        Assert.Equal(
            """{"accepted":1}""",
            (await host.PostAsync("/v1/adapters/v2/performance", """{"points": [{"metric_name": "judge_score", "metric_value": 0.87, "sample_count": 500}]}""")).Ok().GetRawText());

        host.Engine.Of("support").Segments =
        [
            new Verdict
            {
                Model = "default/support", Window = "24h", Segment = "adapter=v2", Rows = 3,
                Features = [new ColumnVerdict { Name = "age" }, new ColumnVerdict { Name = "prediction", Role = ColumnRole.Prediction }],
                Serving = new ServingSummary { Timed = 3, LatencyMeanMs = 310.5, LatencyP95Ms = 720, PromptTokens = 1260, CompletionTokens = 288 },
            },
        ];

        var comparison = (await host.GetAsync($"/v1/adapters/compare?{InBase}&versions=v1,v2")).Ok().GetProperty("versions");

        Assert.False(comparison[0].TryGetProperty("verdict", out _));
        var verdict = comparison[1].GetProperty("verdict");
        Assert.Equal((310.5, 288), (verdict.GetProperty("serving").GetProperty("latency_mean_ms").GetDouble(), verdict.GetProperty("serving").GetProperty("completion_tokens").GetInt64()));
        Assert.Equal("prediction", Assert.Single(verdict.GetProperty("features").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(["v1", "v2"], comparison.EnumerateArray().Select(v => v.GetProperty("adapter").GetProperty("version").GetString()));
        Assert.Equal(0.87, comparison[1].GetProperty("performance")[0].GetProperty("metric_value").GetDouble());
        Assert.Equal(1, (await host.GetAsync("/v1/adapters/v2/performance?metric=judge_score")).Ok().GetProperty("points").GetArrayLength());
        (await host.GetAsync($"/v1/adapters/compare?{InBase}&versions=v1,v9")).Problem(404, "not-found");
        (await host.GetAsync($"/v1/adapters/compare?{InBase}")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("versions");
        (await host.GetAsync("/v1/adapters/compare?versions=v1")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("base");
        (await host.PostAsync("/v1/adapters/v2/performance", """{"points": [{"metric_name": "A B", "metric_value": 1}]}""")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("points[0].metric_name");
    }

    [Fact]
    public async Task A_policy_is_kept_per_base_model_and_what_cannot_be_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        const string defaults = """{"automatic":true,"promote_when":"not_worse","margin":0.02,"rollback_margin":0,"alpha":0.05,"min_samples":100,"max_duration_hours":168}""";
        Assert.Equal(defaults, (await host.GetAsync($"/v1/adapters/policy?{InBase}")).Ok().GetRawText());

        (await host.PutAsync($"/v1/adapters/policy?{InBase}", """{"promote_when": "better", "automatic": false}""")).Ok();
        (await host.PutAsync($"/v1/adapters/policy?{InBase}", """{"margin": 0}""")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("margin");
        (await host.PutAsync($"/v1/adapters/policy?{InBase}", """{"max_duration_hours": 1e9}""")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("max_duration_hours");
        (await host.PutAsync($"/v1/adapters/policy?{InBase}", """{"promote_when": "worse"}""")).Problem(400, "invalid-request").GetProperty("errors").GetProperty("promote_when");

        Assert.Equal("better", (await host.GetAsync($"/v1/adapters/policy?{InBase}")).Ok().GetProperty("promote_when").GetString());
        Assert.Equal(defaults, (await host.GetAsync("/v1/adapters/policy?base=other")).Ok().GetRawText());
    }

    [Fact]
    public async Task Reading_needs_the_read_scope_and_changing_the_admin_scope()
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        var body = Registration("v1");

        (await host.PostAsync("/v1/adapters", body, headers: ("X-Api-Key", ApiHost.IngestKey))).Problem(403, "forbidden");
        (await host.PostAsync("/v1/adapters", body, headers: ("X-Api-Key", ApiHost.AdminKey))).Ok();
        Assert.Equal(["v1"], Versions((await host.GetAsync("/v1/adapters", ("X-Api-Key", ApiHost.ReadKey))).Ok()));
        (await host.PostAsync("/v1/adapters/v1/transitions", """{"command": "validate"}""", headers: ("X-Api-Key", ApiHost.ReadKey))).Problem(403, "forbidden");
        Assert.Equal("acme", (await host.GetAsync("/v1/adapters/v1", ("X-Api-Key", ApiHost.ReadKey))).Ok().GetProperty("adapter").GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task Without_a_canary_there_is_nothing_to_look_at()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("""{"base_model":"meta-llama/Llama-3-8B"}""", (await host.PostAsync($"/v1/adapters/evaluate?{InBase}")).Ok().GetRawText());
    }

    private static string Registration(string version) =>
        $$"""{"base_model": "{{Base}}", "version": "{{version}}", "model": "support", "training": {"rank": 16, "validation_loss": 0.4}, "metadata": {"data": "tickets"}, "state": "trained"}""";

    private static Task<Reply> ChangeAsync(ApiHost host, string version, string command, string? key = null) => host.PostAsync(
        $"/v1/adapters/{version}/transitions", $$"""{"command": "{{command}}", "by": "ann"}""", headers: key is null ? [] : [("Idempotency-Key", key)]);

    private static IEnumerable<string> Versions(JsonElement page) => page.GetProperty("adapters").EnumerateArray().Select(a => a.GetProperty("version").GetString()!);

    private static string Detail(JsonElement problem) => problem.GetProperty("detail").GetString()!;
}
