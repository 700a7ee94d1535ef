using Drift.Actors;
using Drift.Api.Tests.Support;
using Drift.Core.Detection;

namespace Drift.Api.Tests.Endpoints;

public sealed class SummaryTests
{
    [Fact]
    public async Task The_summary_lists_every_model_and_adds_them_up()
    {
        await using var host = await ApiHost.StartAsync();
        Monitor(host, "fraud", new Verdict { Window = "1h", Severity = Severity.Critical, DriftDetected = true, Psi = 0.4, Kl = 0.2 });
        Monitor(host, "credit", new Verdict { Window = "1h", Status = VerdictStatus.Insufficient });
        host.Engine.Of("young").Create();

        var summary = (await host.GetAsync("/drift/summary")).Ok();
        Assert.Equal(["credit", "fraud", "young"], summary.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.Equal(
            """{"models":3,"learning":1,"monitoring":2,"drifted":1,"drift_open":0,"insufficient":1,"warning":0,"moderate":0,"critical":1,"failed":0,"rows":0}""",
            summary.GetProperty("totals").GetRawText());
        var fraud = summary.GetProperty("models")[1];
        Assert.Equal(0.4, fraud.GetProperty("psi").GetDouble());
        Assert.Equal(0.2, fraud.GetProperty("kl_divergence").GetDouble());
    }

    [Fact]
    public async Task A_check_of_all_models_goes_on_when_one_fails()
    {
        await using var host = await ApiHost.StartAsync();
        Monitor(host, "credit", new Verdict { Window = "1h", DriftDetected = true });
        Monitor(host, "fraud", new Verdict { Window = "1h" });
        host.Engine.Of("fraud").Failure = new DriftException("The journal is away.");
        var summary = (await host.PostAsync("/drift/check?window=24h")).Ok();
        Assert.Equal(1, summary.GetProperty("totals").GetProperty("drifted").GetInt32());
        Assert.Equal(1, summary.GetProperty("totals").GetProperty("failed").GetInt32());
        Assert.Equal("The journal is away.", summary.GetProperty("models")[1].GetProperty("error").GetString());
        Assert.Equal(("24h", true), (host.Engine.Of("credit").LastWindow, host.Engine.Of("credit").LastNow));
    }

    [Fact]
    public async Task Metrics_of_all_models_come_newest_first()
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var name in (string[])["a", "bbb", "cc"])
            host.Engine.Of(name).Create();
        var page = (await host.GetAsync("/drift/metrics?days=2")).Ok();
        Assert.Equal(3, page.GetProperty("count").GetInt32());
        Assert.Equal(["default/bbb", "default/cc", "default/a"], page.GetProperty("metrics").EnumerateArray().Select(m => m.GetProperty("model").GetString()));
        Assert.Equal(host.Clock.GetUtcNow().AddDays(-2), host.Engine.Of("a").LastQuery!.From);
    }

    [Fact]
    public async Task A_tenant_without_models_has_an_empty_summary()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(0, (await host.GetAsync("/drift/summary")).Ok().GetProperty("totals").GetProperty("models").GetInt32());
        Assert.Equal(0, (await host.PostAsync("/drift/check")).Ok().GetProperty("models").GetArrayLength());
        Assert.Equal(0, (await host.GetAsync("/drift/metrics")).Ok().GetProperty("count").GetInt32());
    }

    private static void Monitor(ApiHost host, string name, Verdict verdict)
    {
        var model = host.Engine.Of(name);
        model.Learn(rows => rows.Feature("age").SetNumber(rows.AddRow(), 1));
        model.Verdict = verdict;
    }
}
