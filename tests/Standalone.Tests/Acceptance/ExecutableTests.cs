using System.Text.Json;
using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>The executable from outside: its database, its keys, its exit codes.</summary>
public sealed class ExecutableTests
{
    private const string Key = "0123456789abcdef0123";
    private const string IngestKey = "fedcba9876543210fedc";

    [PostgresFact]
    public async Task On_postgresql_it_asks_for_migrate_then_serves_and_a_killed_host_leaves_the_same_verdict()
    {
        var connection = await (await PostgresServer.Shared).CreateDatabaseAsync();
        var environment = new Dictionary<string, string> { ["ConnectionStrings__Drift"] = connection };

        var refused = await DriftProcess.RunAsync(environment, "serve", "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("'migrate'", refused.Output, StringComparison.Ordinal);
        Assert.Contains("001_initial", refused.Output, StringComparison.Ordinal);

        var migrated = await DriftProcess.RunAsync(environment, "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.Output);
        Assert.Contains("Applied", migrated.Output, StringComparison.Ordinal);
        var again = await DriftProcess.RunAsync(environment, "migrate");
        Assert.True(again.ExitCode == 0, again.Output);
        Assert.Contains("up to date", again.Output, StringComparison.Ordinal);

        string verdict, performance, reference;
        await using (var first = await DriftProcess.ServeAsync(environment))
        {
            (await first.SendAsync(HttpMethod.Put, "/v1/models/m", Bodies.Json("""{"min_rows": 100, "windows": ["24h"]}"""))).Expect(200);
            (await first.SendAsync(HttpMethod.Put, "/v1/models/m/reference", Sending.Batch(400, 1))).Expect(200);
            (await first.SendAsync(HttpMethod.Post, "/v1/models/m/predictions", Sending.Batch(300, 2, ids: true))).Expect(200);
            (await first.SendAsync(HttpMethod.Post, "/v1/models/m/labels", Bodies.Json("""{"labels": [{"id": "p-2-0", "label": "yes"}]}"""))).Expect(200);
            verdict = Verdict(await first.GetAsync("/v1/models/m/drift"));
            performance = (await first.GetAsync("/v1/models/m/performance")).Expect(200).Text;
            reference = (await first.GetAsync("/v1/models/m/reference")).Expect(200).Text;
            await first.KillAsync();
        }

        Assert.Contains("\"rows\":300", verdict, StringComparison.Ordinal);
        await using var second = await DriftProcess.ServeAsync(environment);
        Assert.Equal(verdict, Verdict(await second.GetAsync("/v1/models/m/drift")));
        Assert.Equal(performance, (await second.GetAsync("/v1/models/m/performance")).Expect(200).Text);
        Assert.Equal(reference, (await second.GetAsync("/v1/models/m/reference")).Expect(200).Text);
        Assert.Equal(1, (await second.GetAsync("/v1/models")).Expect(200)["models"].GetArrayLength());
        var receipt = (await second.SendAsync(HttpMethod.Post, "/v1/models/m/predictions", Sending.Batch(5, 3))).Expect(200);
        Assert.Equal(5, receipt["accepted"].GetInt32());
        Assert.Equal(305, (await second.GetAsync("/v1/models/m")).Expect(200)["rows"].GetInt64());
    }

    [Fact]
    public async Task On_an_open_address_without_keys_it_does_not_start_and_says_how_to_configure_one()
    {
        foreach (var urls in (string[])["http://0.0.0.0:0", "http://*:0", "http://127.0.0.1:0;http://[::]:0"])
        {
            var (exitCode, output) = await DriftProcess.RunAsync(null, "serve", "--urls", urls, "--data", "data");
            Assert.Equal(2, exitCode);
            Assert.Contains("no API key is configured", output, StringComparison.Ordinal);
            Assert.Contains("Drift__ApiKeys__0__Key", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task On_an_open_address_with_keys_it_serves_those_who_have_one()
    {
        await using var server = await DriftProcess.ServeAsync(
            new Dictionary<string, string>
            {
                ["Drift__ApiKeys__0__Key"] = Key,
                ["Drift__ApiKeys__1__Key"] = IngestKey,
                ["Drift__ApiKeys__1__Scopes__0"] = "ingest",
            },
            host: "0.0.0.0");
        var models = await server.SendAsync(HttpMethod.Get, "/v1/models");
        Assert.Equal((401, "urn:drift:error:unauthorized"), (models.Status, models["type"].GetString()));
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/v1/models", key: Key + "x")).Status);
        (await server.SendAsync(HttpMethod.Get, "/v1/models", key: Key)).Expect(200);
        (await server.SendAsync(HttpMethod.Post, "/v1/models/m/predictions", Sending.Batch(3, 1), IngestKey)).Expect(200);
        var forbidden = await server.SendAsync(HttpMethod.Put, "/v1/models/m", Bodies.Json("{}"), IngestKey);
        Assert.Equal((403, "urn:drift:error:forbidden"), (forbidden.Status, forbidden["type"].GetString()));
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Delete, "/v1/models/m", key: IngestKey)).Status);
        Assert.Equal(3, (await server.SendAsync(HttpMethod.Get, "/v1/models/m", key: Key)).Expect(200)["rows"].GetInt32());
    }

    [Fact]
    public async Task A_configuration_that_cannot_work_is_refused_by_name()
    {
        var (exitCode, output) = await DriftProcess.RunAsync(
            new Dictionary<string, string> { ["Drift__Actors__IdleTimeout"] = "0", ["Drift__Actors__SnapshotEvery"] = "0", ["Drift__Api__MaxConcurrentModels"] = "0" }, "serve", "--urls", "http://127.0.0.1:0", "--data", "data");
        Assert.Equal(2, exitCode);
        Assert.Contains("Drift:Api:MaxConcurrentModels is 0; it must be 1 to 256", output, StringComparison.Ordinal);
        Assert.Contains("Drift:Actors:IdleTimeout is 00:00:00", output, StringComparison.Ordinal);
        Assert.Contains("Drift:Actors:SnapshotEvery is 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_value_of_the_wrong_type_is_refused_by_name()
    {
        foreach (var verb in (string[])["serve", "migrate"])
        {
            var (exitCode, output) = await DriftProcess.RunAsync(new Dictionary<string, string> { ["Drift__Ingest__MaxRows"] = "many" }, verb, "--data", "data");
            Assert.Equal(2, exitCode);
            Assert.Contains("Drift:Ingest:MaxRows", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_and_the_host_does_not_start()
    {
        foreach (var verb in (string[])["serve", "migrate"])
        {
            var (exitCode, output) = await DriftProcess.RunAsync(
                new Dictionary<string, string> { ["ConnectionStrings__Drift"] = $"Host=127.0.0.1;Port={FreePort.Next()};Username=u;Password=hidden-password;Timeout=3" },
                verb);
            Assert.Equal(2, exitCode);
            Assert.Contains("Not ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden-password", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_the_host_does_not_start()
    {
        await using var first = await DriftProcess.ServeAsync(null);
        var (exitCode, output) = await DriftProcess.RunAsync(null, "serve", "--urls", first.Url, "--data", "data");
        Assert.Equal(2, exitCode);
        Assert.Contains($"Not started: Failed to bind to address {first.Url}", output, StringComparison.Ordinal);
    }

    private static string Verdict(Answer answer)
    {
        var members = answer.Expect(200).Json.EnumerateObject().Where(m => m.Name != "evaluated_at").ToDictionary(m => m.Name, m => m.Value);
        return JsonSerializer.Serialize(members);
    }
}
