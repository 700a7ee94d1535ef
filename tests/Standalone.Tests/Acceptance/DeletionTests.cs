using System.Collections.Concurrent;
using Drift.Standalone.Tests.Acceptance.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>Deleting a model while rows, labels, settings and references for it arrive.</summary>
public sealed class DeletionTests
{
    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task Deleting_while_ingesting_neither_fails_nor_leaves_halves(string state)
    {
        await using var server = await DriftServer.StartAsync();
        var statuses = new ConcurrentBag<int>();
        if (state == "monitoring")
            await ConfigureAsync();
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 3).Select(async sender =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                statuses.Add((await server.PostAsync("/v1/models/m/predictions", Sending.Batch(5, (sender * 100_000) + i, ids: true))).Status);
                if (i % 5 == 0)
                    statuses.Add((await server.PostAsync("/v1/models/m/labels", Bodies.Json($$"""{"labels": [{"id": "p-{{(sender * 100_000) + i}}-0", "label": "yes"}]}"""))).Status);
                if (i % 7 == 0)
                    statuses.Add((await server.GetAsync("/v1/models/m/drift")).Status);
            }
        }).ToArray();
        for (var i = 0; i < 20; i++)
        {
            statuses.Add((await server.SendAsync(HttpMethod.Delete, "/v1/models/m")).Status);
            if (state == "monitoring" && i % 3 == 0)
                await ConfigureAsync();
            await Task.Delay(20);
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
        Assert.All(statuses, s => Assert.Contains(s, (int[])[200, 204, 404, 409]));
        Assert.Contains(200, statuses);
        Assert.Contains(204, statuses);
        Assert.Empty(server.Errors.Entries);

        // A good batch counts exactly, and what is in memory is what is stored.
        (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(1, 9))).Expect(200);
        var rows = await server.RowsAsync("m");
        (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(4, 10))).Expect(200);
        Assert.Equal(rows + 4, await server.RowsAsync("m"));
        var plan = (await server.GetAsync("/v1/models/m"))["plan"].GetInt32();
        await server.RestartAsync();
        Assert.Equal(rows + 4, await server.RowsAsync("m"));
        Assert.Equal(plan, (await server.GetAsync("/v1/models/m"))["plan"].GetInt32());

        (await server.SendAsync(HttpMethod.Delete, "/v1/models/m")).Expect(204);
        (await server.GetAsync("/v1/models/m")).Expect(404);
        Assert.Equal(0, (await server.GetAsync("/v1/models")).Expect(200)["models"].GetArrayLength());
        foreach (var table in (string[])["models", "drift_journal", "drift_batches", "actor_state", "predictions", "labels", "drift_metrics", "feature_drift", "ml_metrics"])
            Assert.Equal("0", await server.ScalarAsync($"select count(*) from {table}"));

        async Task ConfigureAsync()
        {
            statuses.Add((await server.PutAsync("/v1/models/m", Bodies.Json("""{"min_rows": 20}"""))).Status);
            // Deleted in between, its min_rows is 500 again and the reference too small: 400.
            var reference = await server.PutAsync("/v1/models/m/reference", Sending.Batch(600, 1));
            statuses.Add(reference.Status);
        }
    }
}
