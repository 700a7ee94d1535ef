using Drift.Api.Tests.Support;
using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Api.Tests.Endpoints;

public sealed class ModelsTests
{
    private const string Path = "/v1/models/credit";

    [Fact]
    public async Task Settings_arrive_as_they_were_sent_and_the_rest_keeps_its_default()
    {
        await using var host = await ApiHost.StartAsync();
        var model = (await host.PutAsync(
            Path,
            """
            {"task": "binary", "positive": "approve", "features": {"age": {"type": "numeric"}, "job": {}}, "reference": {"mode": "rolling", "lag_days": 2}, "windows": ["24h"],
             "smoothing": "epsilon", "missing": "drop", "bins": "quantile", "alpha": 0.05, "thresholds": {"psi": [0.2, 0.3, 0.4]}, "segments": ["region"],
             "validation": "strict", "hysteresis": {"open_after": 1, "open_of": 1}}
            """)).Ok();

        var settings = host.Engine.Of("credit").Settings;
        Assert.Equal(ModelTask.Binary, settings.Task);
        Assert.Equal("approve", settings.Positive);
        Assert.Equal(ColumnType.Numeric, settings.Features!["age"].Type);
        Assert.Null(settings.Features["job"].Type);
        Assert.Equal(new ReferenceSettings { Mode = ReferenceMode.Rolling, LagDays = 2 }, settings.Reference);
        Assert.Equal(["24h"], settings.Windows);
        Assert.Equal(MissingMode.Drop, settings.Missing);
        Assert.Equal(BinMode.Quantile, settings.Bins);
        Assert.Equal(ValidationMode.Strict, settings.Validation);
        Assert.Equal(0.05, settings.Alpha);
        Assert.Equal(1e-4, settings.Epsilon);
        Assert.Equal(500, settings.MinRows);
        Assert.Equal(new HysteresisSettings { OpenAfter = 1, OpenOf = 1 }, settings.Hysteresis);
        Assert.Equal("rolling", model.GetProperty("settings").GetProperty("reference").GetProperty("mode").GetString());
        Assert.Equal(2, model.GetProperty("settings").GetProperty("reference").GetProperty("lag_days").GetInt32());
    }

    [Fact]
    public async Task An_empty_object_means_every_default()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PutAsync(Path, "{}")).Ok();
        var settings = host.Engine.Of("credit").Settings;
        Assert.Equal(["1h", "24h", "7d"], settings.Windows);
        Assert.Equal(5000, settings.Reference.Rows);
        Assert.Equal(2, settings.Hysteresis.OpenAfter);
    }

    [Theory]
    [InlineData("""{"colour": 1}""", "colour", "is no known member")]
    [InlineData("""{"reference": {"colour": 1}}""", "reference.colour", "is no known member")]
    [InlineData("""{"features": {"age": {"kind": "numeric"}}}""", "features.age.kind", "is no known member")]
    [InlineData("""{"alpha": "x"}""", "alpha", "must be a number")]
    [InlineData("""{"min_rows": 1.5}""", "min_rows", "must be a whole number")]
    [InlineData("""{"task": "ternary"}""", "task", "must be one of none, binary, multiclass, regression")]
    [InlineData("""{"task": 1}""", "task", "must be one of none, binary, multiclass, regression")]
    [InlineData("""{"features": {"age": {"type": "float"}}}""", "features.age.type", "must be one of numeric, categorical, text, embedding")]
    [InlineData("""{"windows": "1h"}""", "windows", "must be a list")]
    [InlineData("""{"windows": null}""", "windows", "is null; leave it out for its default")]
    [InlineData("""{"windows": ["2h"]}""", "windows", "has '2h', must be one of 1h, 24h, 7d, 30d")]
    [InlineData("""{"alpha": 2}""", "alpha", "is 2, must be above 0 and below 1")]
    [InlineData("""{"thresholds": {"psi": [0.3, 0.2, 0.1]}}""", "thresholds.psi", "must be three ascending numbers above 0: warning, moderate, critical")]
    [InlineData("""{"thresholds": {"psi": null}}""", "thresholds.psi", "is null, must be three ascending numbers above 0: warning, moderate, critical")]
    [InlineData("""{"features": {"age": null}}""", "features.age", "is null, must be an object such as {\"type\": \"numeric\"}")]
    [InlineData("""{"alpha": 0.1, "alpha": 0.2}""", "alpha", "is given twice")]
    [InlineData("""{"reference": {"mode": "model"}}""", "reference.model", "is missing, must name the model whose reference is used when reference.mode is 'model'")]
    public async Task Settings_that_cannot_be_used_are_refused_by_field(string body, string field, string message)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PutAsync(Path, body)).Problem(400, "invalid-settings");
        Assert.True(problem.TryGetProperty("errors", out var errors), problem.GetRawText());
        Assert.True(errors.TryGetProperty(field, out var messages), problem.GetRawText());
        Assert.Equal(message, messages[0].GetString());
        Assert.DoesNotContain("Drift.Core", problem.GetRawText(), StringComparison.Ordinal);
        Assert.False(host.Engine.Of("credit").Exists);
    }

    [Fact]
    public async Task All_faults_of_settings_are_listed()
    {
        await using var host = await ApiHost.StartAsync();
        var errors = (await host.PutAsync(Path, """{"alpha": 2, "epsilon": 0, "min_rows": 0}""")).Problem(400, "invalid-settings").GetProperty("errors");
        Assert.Equal(["alpha", "epsilon", "min_rows"], errors.EnumerateObject().Select(e => e.Name).Order());
    }

    [Theory]
    [InlineData("""{"alpha": """)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PutAsync(Path, body)).Problem(400, "malformed-body");
    }

    [Fact]
    public async Task Settings_need_json()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PutAsync(Path, "{}", "text/plain")).Problem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_deleted_model_is_gone_with_its_metrics()
    {
        await using var host = await ApiHost.StartAsync();
        const string path = "/v1/models/deleted-model";
        (await host.PostAsync($"{path}/predictions", """{"rows": [{"features": {"age": 1}}]}""")).Ok();
        Assert.Contains("deleted-model", (await host.GetAsync("/metrics")).Text, StringComparison.Ordinal);
        Assert.Equal(204, (int)(await host.SendAsync(HttpMethod.Delete, path, null)).Status);
        (await host.GetAsync(path)).Problem(404, "not-found");
        (await host.SendAsync(HttpMethod.Delete, path, null)).Problem(404, "not-found");
        Assert.DoesNotContain("model=\"deleted-model\"", (await host.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }
}
