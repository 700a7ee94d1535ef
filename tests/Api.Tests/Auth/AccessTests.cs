using Drift.Actors;
using Drift.Api.Tests.Support;
using Microsoft.Extensions.Options;

namespace Drift.Api.Tests.Auth;

public sealed class AccessTests
{
    private const string Rows = """{"rows": [{"features": {"age": 1}}]}""";

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/no-such-route")]
    [InlineData("/drift/summary")]
    [InlineData("/drift/no-such-route")]
    public async Task With_keys_configured_every_route_under_v1_and_drift_needs_one(string path)
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        var reply = await host.GetAsync(path);
        reply.Problem(401, "unauthorized");
        Assert.StartsWith("Bearer", reply.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        (await host.GetAsync(path, ("X-Api-Key", "admin-key-012345678X"))).Problem(401, "unauthorized");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task Probes_metrics_index_and_document_need_no_key(string path)
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        Assert.Equal(200, (int)(await host.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("read, ingest")]
    public async Task Scopes_given_as_one_text_do_not_open_everything(string scopes)
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:ApiKeys:0:Key"] = "a-key-with-scopes-0123", ["Drift:ApiKeys:0:Scopes"] = scopes });
        (await host.GetAsync("/v1/models", ("X-Api-Key", "a-key-with-scopes-0123"))).Ok();
        (await host.SendAsync(HttpMethod.Put, "/v1/models/credit", "{}"u8.ToArray(), ("X-Api-Key", "a-key-with-scopes-0123"), ("Content-Type", "application/json"))).Problem(403, "forbidden");
    }

    [Theory]
    [InlineData("X-Api-Key", ApiHost.ReadKey)]
    [InlineData("Authorization", "Bearer " + ApiHost.ReadKey)]
    [InlineData("Authorization", "bearer " + ApiHost.ReadKey)]
    public async Task A_key_comes_in_either_header(string header, string value)
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        Assert.Equal("acme", (await host.GetAsync("/v1/models", (header, value))).Ok().GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task A_key_does_only_what_its_scopes_allow()
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        (await host.PostAsync("/v1/models/m/predictions", Rows, headers: ("X-Api-Key", ApiHost.ReadKey))).Problem(403, "forbidden");
        (await host.GetAsync("/v1/models", ("X-Api-Key", ApiHost.IngestKey))).Problem(403, "forbidden");
        (await host.SendAsync(HttpMethod.Delete, "/v1/models/m", null, ("X-Api-Key", ApiHost.ReadKey))).Problem(403, "forbidden");
        (await host.PostAsync("/v1/models/m/predictions?verdict=true", Rows, headers: ("X-Api-Key", ApiHost.IngestKey))).Problem(403, "forbidden");

        (await host.PostAsync("/v1/models/m/predictions", Rows, headers: ("X-Api-Key", ApiHost.IngestKey))).Ok();
        (await host.PostAsync("/v1/models/m/predictions", Rows, headers: ("X-Api-Key", ApiHost.AdminKey))).Ok();
        (await host.GetAsync("/v1/models", ("X-Api-Key", ApiHost.AdminKey))).Ok();
    }

    [Fact]
    public async Task A_key_sees_only_the_models_of_its_tenant()
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);
        host.Engine.Of("credit").Create();
        host.Engine.Of("fraud", "acme").Create();
        var models = (await host.GetAsync("/v1/models", ("X-Api-Key", ApiHost.ReadKey))).Ok().GetProperty("models");
        Assert.Equal(["fraud"], models.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        (await host.GetAsync("/v1/models/credit", ("X-Api-Key", ApiHost.ReadKey))).Problem(404, "not-found");
    }

    [Fact]
    public async Task Metrics_need_a_key_when_the_option_says_so()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?>(ApiHost.Keys) { ["Drift:Metrics:RequireKey"] = "true" });
        (await host.GetAsync("/metrics")).Problem(401, "unauthorized");
        Assert.Equal(200, (int)(await host.GetAsync("/metrics", ("X-Api-Key", ApiHost.ReadKey))).Status);
    }

    [Fact]
    public async Task Without_keys_local_callers_are_the_default_tenant()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(ModelId.DefaultTenant, (await host.GetAsync("/v1/models")).Ok().GetProperty("tenant").GetString());
    }

    [Theory]
    [InlineData("localhost:8080", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:8080", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("10.0.0.7:8080", 403)]
    public async Task Without_keys_only_names_of_this_machine_are_served(string name, int status)
    {
        await using var host = await ApiHost.StartAsync();
        var reply = await host.GetAsync("/v1/models", ("Host", name));
        Assert.Equal(status, (int)reply.Status);
        if (status == 403)
            reply.Problem(403, "not-local");
    }

    [Theory]
    [InlineData("http://localhost:3000", 200)]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    public async Task Without_keys_only_pages_of_this_machine_are_served(string origin, int status)
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(status, (int)(await host.PostAsync("/drift/check", headers: ("Origin", origin))).Status);
    }

    [Fact]
    public async Task Keys_that_are_too_weak_or_contradictory_stop_the_host_with_all_reasons()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(new Dictionary<string, string?>
        {
            ["Drift:ApiKeys:0:Key"] = "short",
            ["Drift:ApiKeys:1:Tenant"] = "not a name",
            ["Drift:ApiKeys:2:KeySha256"] = "abc",
            ["Drift:ApiKeys:2:Scopes:0"] = "write",
        }));
        Assert.Contains(failure.Failures, f => f.StartsWith("Drift:ApiKeys:0:Key has 5 characters", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, f => f.StartsWith("Drift:ApiKeys:1 must have either", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, f => f.StartsWith("Drift:ApiKeys:1:Tenant is 'not a name'", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, f => f.StartsWith("Drift:ApiKeys:2:KeySha256", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, f => f.StartsWith("Drift:ApiKeys:2:Scopes has 'write'", StringComparison.Ordinal));
        Assert.DoesNotContain(failure.Failures, f => f.Contains("short'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Drift:ApiKeys", "Drift:ApiKeys is a text of 22 characters, must have members: Drift:ApiKeys:0:Key.")]
    [InlineData("Drift:ApiKeys:1", "Drift:ApiKeys:1 is a text of 22 characters, must have members: Drift:ApiKeys:0:Key.")]
    [InlineData("Drift:ApiKeys:1:Scope", "Drift:ApiKeys:1:Scope is no member of a key, must be one of Key, KeySha256, Scopes, Tenant.")]
    [InlineData("Drift:ApiKeys:1:Key:0", "Drift:ApiKeys:1:Key has members, must be a text.")]
    public async Task What_is_no_key_stops_the_host_instead_of_being_left_out_and_is_not_quoted(string key, string fault)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(new Dictionary<string, string?>
        {
            ["Drift:ApiKeys:0:Key"] = "a-key-with-scopes-0123", [key] = "a-key-of-somebody-0123",
        }));

        Assert.Equal([fault], failure.Failures);
    }
}
