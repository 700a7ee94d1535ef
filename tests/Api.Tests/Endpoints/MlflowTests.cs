using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Drift.Actors.Adapters;
using Drift.Api.OpenApi;
using Drift.Api.Tests.Support;
using Drift.Core.Adapters;

namespace Drift.Api.Tests.Endpoints;

public sealed class MlflowTests
{
    private const string Path = "/v1/integrations/mlflow";
    private const string Secret = "mlflow-secret-0123456789";
    private const string Base = "meta-llama/Llama-3-8B";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Drift:Mlflow:Secret"] = Secret,
        ["Drift:Mlflow:Tenant"] = "acme",
        ["Drift:Mlflow:Models:support-lora:BaseModel"] = Base,
        ["Drift:Mlflow:Models:support-lora:Model"] = "support",
        ["Drift:Mlflow:Models:support-lora:Deployer"] = "gpu-a",
        ["Drift:Mlflow:Models:sales-lora:BaseModel"] = Base,
        ["Drift:Mlflow:Models:sales-lora:Version"] = "sales-{version}",
    };

    [Fact]
    public async Task A_version_is_registered_becomes_canary_as_challenger_and_champion_as_champion()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);

        (await SendAsync(host, "d1", Created("3"))).Ok();
        var adapter = await catalog.GetAsync("v3");
        Assert.Equal((AdapterState.Trained, "support", "gpu-a", "s3://models/3", "run-7"), (adapter.State, adapter.Model, adapter.Deployer, adapter.ArtifactUri, adapter.Training.TrainingJobId));
        Assert.Equal(("support-lora", "3", "16"), (adapter.Metadata["mlflow.name"], adapter.Metadata["mlflow.version"], adapter.Metadata["rank"]));

        var receipt = (await SendAsync(host, "d2", Alias("created", "challenger", "3"))).Ok();
        Assert.Equal("""{"delivery_id":"d2","outcome":"done","base_model":"meta-llama/Llama-3-8B","version":"v3","state":"loading","role":"canary"}""", receipt.GetRawText());
        await LoadedAsync(catalog, "v3");
        (await SendAsync(host, "d3", Alias("created", "champion", "3"))).Ok();

        var transitions = await host.Engine.Adapter("acme", Base, "v3").GetTransitionsAsync();
        Assert.Equal(
            [null, AdapterCommand.Train, AdapterCommand.Trained, AdapterCommand.Validate, AdapterCommand.Ready, AdapterCommand.DeployCanary, AdapterCommand.Loaded, AdapterCommand.Promote], transitions.Select(t => t.Command));
        Assert.Equal(AdapterRole.Champion, (await catalog.GetAsync("v3")).Role);
        Assert.All(transitions.Where(t => t.Command != AdapterCommand.Loaded), t => Assert.Equal("mlflow", t.By));
        Assert.Equal("MLflow: the alias 'champion' was set.", transitions[^1].Reason);
    }

    [Fact]
    public async Task A_version_that_is_champion_at_once_is_deployed_as_champion()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        (await SendAsync(host, "d1", Created("3"))).Ok();
        (await SendAsync(host, "d2", Alias("created", "champion", "3"))).Ok();

        Assert.Equal((AdapterState.Loading, AdapterRole.Champion), await StateAsync(Catalog(host), "v3"));
    }

    [Fact]
    public async Task An_alias_that_is_deleted_takes_back_the_canary_and_retires_the_champion()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);
        foreach (var (version, alias) in ((string, string)[])[("3", "champion"), ("4", "challenger")])
        {
            (await SendAsync(host, $"c{version}", Created(version))).Ok();
            (await SendAsync(host, $"a{version}", Alias("created", alias, version))).Ok();
            await LoadedAsync(catalog, $"v{version}");
        }

        Assert.Equal("v4", (await SendAsync(host, "d1", Alias("deleted", "challenger", null))).Ok().GetProperty("version").GetString());
        Assert.Equal("v3", (await SendAsync(host, "d2", Alias("deleted", "champion", null))).Ok().GetProperty("version").GetString());
        Assert.Equal("ignored", (await SendAsync(host, "d3", Alias("deleted", "champion", null))).Ok().GetProperty("outcome").GetString());

        Assert.Equal((AdapterState.RolledBack, AdapterState.Draining), ((await catalog.GetAsync("v4")).State, (await catalog.GetAsync("v3")).State));
    }

    [Fact]
    public async Task An_alias_of_one_registered_model_does_not_take_back_another_ones_version()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);
        (await SendAsync(host, "d1", Created("3", "sales-lora"))).Ok();
        (await SendAsync(host, "d2", Alias("created", "challenger", "3", "sales-lora"))).Ok();

        Assert.Equal("ignored", (await SendAsync(host, "d3", Alias("deleted", "challenger", null))).Ok().GetProperty("outcome").GetString());
        Assert.Equal((AdapterState.Serving, AdapterRole.Canary), await StateAsync(catalog, "sales-3"));
    }

    [Fact]
    public async Task A_delivery_that_comes_again_changes_nothing()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);
        (await SendAsync(host, "d1", Created("3"))).Ok();
        (await SendAsync(host, "d2", Alias("created", "challenger", "3"))).Ok();

        var again = (await SendAsync(host, "d2", Alias("created", "challenger", "3"))).Ok();

        Assert.Equal("""{"delivery_id":"d2","outcome":"duplicate"}""", again.GetRawText());
        Assert.Equal(6, (await host.Engine.Adapter("acme", Base, "v3").GetTransitionsAsync()).Count);
    }

    [Fact]
    public async Task A_champion_that_is_still_loaded_as_canary_is_asked_for_again_later()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);
        (await SendAsync(host, "d1", Created("3"))).Ok();
        (await SendAsync(host, "d2", Alias("created", "challenger", "3"))).Ok();
        (await SendAsync(host, "d3", Alias("created", "champion", "3"))).Problem(503, "unavailable");
        await LoadedAsync(catalog, "v3");

        // The same delivery: one that could not be served is not taken for a duplicate.
        (await SendAsync(host, "d3", Alias("created", "champion", "3"))).Ok();
        Assert.Equal((AdapterState.Serving, AdapterRole.Champion), await StateAsync(catalog, "v3"));
    }

    [Fact]
    public async Task An_unknown_version_is_not_found_and_one_that_is_over_is_a_conflict()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var catalog = Catalog(host);
        (await SendAsync(host, "d1", Alias("created", "champion", "9"))).Problem(404, "not-found");
        (await SendAsync(host, "d2", Created("3"))).Ok();
        (await SendAsync(host, "d3", Alias("created", "challenger", "3"))).Ok();
        await LoadedAsync(catalog, "v3");
        (await SendAsync(host, "d4", Alias("deleted", "challenger", null))).Ok();
        (await SendAsync(host, "d5", Alias("created", "champion", "3"))).Problem(409, "conflict");
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("body")]
    [InlineData("id")]
    [InlineData("no signature")]
    [InlineData("no base64")]
    [InlineData("old")]
    [InlineData("future")]
    [InlineData("no number")]
    public async Task A_delivery_that_is_not_signed_as_it_must_be_or_not_of_now_changes_nothing(string what)
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var body = Created("3");
        var timestamp = host.Clock.GetUtcNow().ToUnixTimeSeconds() + what switch { "old" => -301, "future" => 301, _ => 0 };
        var time = what == "no number" ? "now" : timestamp.ToString(CultureInfo.InvariantCulture);
        var signature = Sign(what == "signature" ? "another-secret-0123" : Secret, "d1", time, body);
        var headers = new List<(string, string)> { ("X-MLflow-Delivery-Id", what == "id" ? "d2" : "d1"), ("X-MLflow-Timestamp", time) };
        if (what != "no signature")
            headers.Add(("X-MLflow-Signature", what == "no base64" ? "v1,???" : signature));

        var reply = await host.PostAsync(Path, what == "body" ? body.Replace("\"3\"", "\"4\"", StringComparison.Ordinal) : body, "application/json", [.. headers]);

        reply.Problem(401, "invalid-signature");
        Assert.Empty(await Catalog(host).ListAsync());
        // And does not stand in the way of the true one.
        Assert.Equal("done", (await SendAsync(host, "d1", body)).Ok().GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task The_bytes_are_what_is_signed_however_they_are_spaced()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var body = Created("3").Replace(",", " ,\n\t", StringComparison.Ordinal).Replace("\"v3 of größe\"", "\"v3 \\u0020of größe\"", StringComparison.Ordinal);
        (await SendAsync(host, "d1", body)).Ok();
    }

    [Fact]
    public async Task A_signature_takes_the_place_of_an_api_key_on_this_route_alone()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?>([.. Settings, .. ApiHost.Keys]));
        (await SendAsync(host, "d1", Created("3"))).Ok();
        (await host.PostAsync(Path, Created("3"))).Problem(401, "invalid-signature");
        (await host.PostAsync("/v1/telemetry", Examples.Telemetry)).Problem(401, "unauthorized");
    }

    [Theory]
    [InlineData("""{"entity": "registered_model", "action": "created", "data": {"name": "support-lora"}}""", "registered_model.created changes no adapter")]
    [InlineData("""{"entity": "model_version", "action": "created", "data": {"name": "other", "version": "1"}}""", "Drift:Mlflow:Models has no 'other'")]
    [InlineData("""{"entity": "model_version_alias", "action": "created", "data": {"name": "support-lora", "alias": "latest", "version": "1"}}""", "the alias 'latest' changes no adapter")]
    public async Task What_concerns_no_adapter_is_ignored_with_its_reason(string body, string reason)
    {
        await using var host = await ApiHost.StartAsync(Settings);
        var receipt = (await SendAsync(host, "d1", body)).Ok();
        Assert.Equal("ignored", receipt.GetProperty("outcome").GetString());
        Assert.StartsWith(reason, receipt.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "malformed-body")]
    [InlineData("{", "malformed-body")]
    [InlineData("{}", "invalid-request")]
    [InlineData("""{"entity": "model_version", "action": "created"}""", "invalid-request")]
    [InlineData("""{"entity": "model_version", "action": "created", "data": {"name": "support-lora", "version": "a b"}}""", "invalid-request")]
    [InlineData("""{"entity": "model_version", "action": "created", "data": {"name": "support-lora", "version": 3}}""", "invalid-request")]
    public async Task What_is_no_event_is_refused(string body, string slug)
    {
        await using var host = await ApiHost.StartAsync(Settings);
        (await SendAsync(host, "d1", body)).Problem(400, slug);
    }

    [Fact]
    public async Task Without_a_secret_no_delivery_is_taken()
    {
        await using var host = await ApiHost.StartAsync();
        (await SendAsync(host, "d1", Created("3"))).Problem(404, "not-found");
    }

    [Fact]
    public async Task The_example_of_the_document_is_taken_as_it_stands()
    {
        await using var host = await ApiHost.StartAsync(Settings);
        (await SendAsync(host, "d1", Created("3"))).Ok();
        (await SendAsync(host, "d2", Examples.MlflowDelivery)).Ok();
        Assert.Equal((AdapterState.Loading, AdapterRole.Canary), await StateAsync(Catalog(host), "v3"));
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_named_by_their_keys()
    {
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => ApiHost.StartAsync(new Dictionary<string, string?>
        {
            ["Drift:Mlflow:Secret"] = "short",
            ["Drift:Mlflow:Models:a:BaseModel"] = Base,
            ["Drift:Mlflow:Models:b:BaseModel"] = Base,
            ["Drift:Mlflow:Models:c:Version"] = "v3",
        }));

        Assert.Contains(fault.Failures, f => f.StartsWith("Drift:Mlflow:Secret has 5 bytes", StringComparison.Ordinal));
        Assert.Contains(fault.Failures, f => f.Contains("'a' and 'b' would give their versions the same names", StringComparison.Ordinal));
        Assert.Contains(fault.Failures, f => f.StartsWith("Drift:Mlflow:Models:c:BaseModel is ''", StringComparison.Ordinal));
        Assert.Contains(fault.Failures, f => f.StartsWith("Drift:Mlflow:Models:c:Version is 'v3', must hold {version}", StringComparison.Ordinal));
    }

    private static IAdapterCatalogActor Catalog(ApiHost host) => host.Engine.Adapters("acme", Base);

    private static async Task<(AdapterState, AdapterRole?)> StateAsync(IAdapterCatalogActor catalog, string version) =>
        await catalog.GetAsync(version) is var adapter ? (adapter.State, adapter.Role) : default;

    /// <summary>The deployer is done.</summary>
    private static async Task LoadedAsync(IAdapterCatalogActor catalog, string version) => Assert.True(await catalog.ReportDeploymentAsync(
        new DeploymentReport { Version = version, DeploymentId = (await catalog.GetAsync(version)).DeploymentId!, Outcome = DeploymentOutcome.Loaded }));

    private static string Created(string version, string name = "support-lora") => Event(
        "model_version", "created", $"\"name\": \"{name}\", \"version\": \"{version}\", \"source\": \"s3://models/{version}\", \"run_id\": \"run-7\", \"tags\": {{\"rank\": \"16\"}}, \"description\": \"v3 of größe\"");

    private static string Alias(string action, string alias, string? version, string name = "support-lora") => Event(
        "model_version_alias", action, $"\"name\": \"{name}\", \"alias\": \"{alias}\"{(version is null ? "" : $", \"version\": \"{version}\"")}");

    private static string Event(string entity, string action, string data) =>
        $"{{\"entity\": \"{entity}\", \"action\": \"{action}\", \"timestamp\": \"2026-11-20T12:00:00+00:00\", \"data\": {{{data}}}}}";

    private static Task<Reply> SendAsync(ApiHost host, string delivery, string body)
    {
        var timestamp = host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return host.PostAsync(
            Path, body, "application/json", ("X-MLflow-Delivery-Id", delivery), ("X-MLflow-Timestamp", timestamp), ("X-MLflow-Signature", Sign(Secret, delivery, timestamp, body)));
    }

    // As MLflow's own sender does it.
    private static string Sign(string secret, string delivery, string timestamp, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{delivery}.{timestamp}.{body}")));
}
