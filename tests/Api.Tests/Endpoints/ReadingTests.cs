using Drift.Api.Tests.Support;
using Drift.Core.Detection;

namespace Drift.Api.Tests.Endpoints;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/reference")]
    [InlineData("/drift")]
    [InlineData("/drift?window=24h")]
    [InlineData("/drift/history?days=3&feature=age&window=24h&limit=5")]
    [InlineData("/features/age")]
    [InlineData("/performance?window=7d")]
    [InlineData("/quality")]
    [InlineData("/segments")]
    public async Task Every_page_of_a_model_is_served(string page)
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Of("credit").Create();
        (await host.GetAsync($"/v1/models/credit{page}")).Ok();
    }

    [Theory]
    [InlineData("drift?window=2h", "window")]
    [InlineData("features/age?window=x", "window")]
    [InlineData("performance?window=1H", "window")]
    [InlineData("quality?window=60m", "window")]
    [InlineData("segments?window=24", "window")]
    [InlineData("drift/history?days=0", "days")]
    [InlineData("drift/history?days=366", "days")]
    [InlineData("drift/history?limit=10001", "limit")]
    public async Task A_query_that_cannot_be_is_refused_by_field(string page, string field)
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Of("credit").Create();
        var problem = (await host.GetAsync($"/v1/models/credit/{page}")).Problem(400, "invalid-request");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task A_query_that_is_no_number_is_a_problem()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/models/credit/drift/history?days=week")).Problem(400, "invalid-request");
    }

    [Fact]
    public async Task History_asks_for_what_the_query_says()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/models/credit/drift/history?days=3&feature=age&window=24h&limit=5")).Ok();
        Assert.Equal(new Actors.HistoryQuery(host.Clock.GetUtcNow().AddDays(-3), "24h", "age", 5), host.Engine.Of("credit").LastQuery);
    }

    [Fact]
    public async Task A_check_evaluates_now_and_a_read_does_not()
    {
        await using var host = await ApiHost.StartAsync();
        var model = host.Engine.Of("credit");
        model.Create();
        (await host.PostAsync("/v1/models/credit/drift/check?window=7d")).Ok();
        Assert.Equal(("7d", true), (model.LastWindow, model.LastNow));
        (await host.GetAsync("/v1/models/credit/drift")).Ok();
        Assert.Equal((null, false), (model.LastWindow, model.LastNow));
    }

    [Fact]
    public async Task A_verdict_is_written_in_snake_case_without_what_is_not_defined()
    {
        await using var host = await ApiHost.StartAsync();
        var model = host.Engine.Of("credit");
        model.Create();
        model.Verdict = new Verdict
        {
            Window = "1h",
            EvaluatedAt = new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.FromHours(1)),
            Status = VerdictStatus.Insufficient,
            Severity = Severity.Moderate,
            Features =
            [
                new ColumnVerdict
                {
                    Name = "größe",
                    KsP = 1e-29,
                    Chi2P = 0.5,
                    LInfinity = 0.07,
                    PsiNoise = 0.004,
                    PValue = 0.1,
                    QValue = 0.2,
                    Severities = new Dictionary<string, Severity> { ["psi"] = Severity.Critical },
                },
            ],
        };
        Assert.Equal(
            """
            {"model":"default/credit","window":"1h","evaluated_at":"2026-11-20T12:00:00Z","rows":0,"reference_rows":0,"plan":0,"status":"insufficient","severity":"moderate","drift_detected":false,"drifted_columns":0,"columns":0,"features":[{"name":"größe","role":"feature","type":"numeric","severity":"none","drifted":false,"share":0,"ks_p":1E-29,"chi2_p":0.5,"l_infinity":0.07,"psi_noise":0.004,"p_value":0.1,"q_value":0.2,"severities":{"psi":"critical"},"missing":0,"unseen":0,"out_of_range":0}]}
            """,
            (await host.GetAsync("/v1/models/credit/drift")).Text);
    }

    [Theory]
    [InlineData("""{"rows": [{"features": {"age": 1}}]}""", "application/json")]
    [InlineData("age\n1\n2\n", "text/csv")]
    [InlineData("{\"features\": {\"age\": 1}}\n", "application/x-ndjson")]
    public async Task A_reference_is_uploaded_in_every_row_format(string body, string type)
    {
        await using var host = await ApiHost.StartAsync();
        var reference = (await host.PutAsync("/v1/models/credit/reference", body, type)).Ok();
        Assert.Equal("uploaded", reference.GetProperty("mode").GetString());
        Assert.NotNull(host.Engine.Of("credit").Plan);
    }

    [Fact]
    public async Task A_new_reference_is_used_for_the_next_batch()
    {
        await using var host = await ApiHost.StartAsync();
        const string rows = """{"rows": [{"features": {"age": 1}}]}""";
        Assert.Equal("learning", (await host.PostAsync("/v1/models/credit/predictions", rows)).Ok().GetProperty("status").GetString());
        (await host.PutAsync("/v1/models/credit/reference", rows)).Ok();
        Assert.Equal("monitoring", (await host.PostAsync("/v1/models/credit/predictions", rows)).Ok().GetProperty("status").GetString());
        Assert.Equal(2, host.Engine.Of("credit").PlanRequests);
    }

    [Fact]
    public async Task A_period_is_pinned_in_utc()
    {
        await using var host = await ApiHost.StartAsync();
        var reference = (await host.PostAsync("/v1/models/credit/reference/pin", """{"from": "2026-11-01T02:00:00+02:00", "to": "2026-11-08T00:00:00"}""")).Ok();
        Assert.Equal("2026-11-01T00:00:00Z", reference.GetProperty("from").GetString());
        Assert.Equal("2026-11-08T00:00:00Z", reference.GetProperty("to").GetString());
    }

    [Theory]
    [InlineData("""{"from": "2026-11-08T00:00:00Z", "to": "2026-11-01T00:00:00Z"}""", "from")]
    [InlineData("""{"from": "last week", "to": "2026-11-01T00:00:00Z"}""", "from")]
    [InlineData("""{"from": "2026-11-01T00:00:00Z"}""", null)]
    [InlineData("""{"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "days": 1}""", "days")]
    public async Task A_period_that_cannot_be_is_refused(string body, string? field)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync("/v1/models/credit/reference/pin", body)).Problem(400, "invalid-request");
        Assert.Equal(field is not null, problem.TryGetProperty("errors", out var errors));
        if (field is not null)
            Assert.True(errors.TryGetProperty(field, out _), problem.GetRawText());
        Assert.DoesNotContain("Drift.Api", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_does_not_exist_is_not_found()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/v1/models/credit/features/shoe")).Problem(404, "not-found");
    }
}
