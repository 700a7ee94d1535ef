using Drift.Actors;
using Drift.Api.Ingest;
using Drift.Api.Tests.Support;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Settings;
using Drift.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Ingest;

/// <summary>Batches that arrive while one of their model is on its way are sent together.</summary>
public sealed class GroupTests
{
    private const string Path = "/v1/models/credit/predictions";

    [Fact]
    public async Task What_arrives_while_a_batch_is_on_its_way_is_sent_as_one_and_each_gets_its_own_receipt()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, null, 2), SendAsync(host, "b-3", 3) };
        await WaitAsync(host, 3);

        release.SetResult();
        await first;
        var receipts = await Task.WhenAll(waiting);

        Assert.Equal([1, 2, 3], receipts.Select(r => r.Ok().GetProperty("accepted").GetInt32()));
        Assert.Equal("b-3", receipts[2].Ok().GetProperty("batch_id").GetString());
        Assert.False(receipts[1].Ok().TryGetProperty("batch_id", out _));
        var group = model.Batches[^1];
        Assert.Equal(2, model.Batches.Count);
        Assert.Equal(["b-1", "b-3"], group.BatchIds.Order());
        Assert.Equal(6, group.Rows);
        Assert.Equal(6, RowsOf(group, model.Plan!));
        Assert.Equal(6, group.Predictions.Count);
    }

    [Fact]
    public async Task Of_two_batches_with_one_id_in_a_group_the_second_is_a_duplicate()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, "b-1", 1) };
        await WaitAsync(host, 2);

        release.SetResult();
        await first;
        var receipts = (await Task.WhenAll(waiting)).Select(r => r.Ok()).ToArray();

        Assert.Equal([false, true], receipts.Select(r => r.GetProperty("duplicate").GetBoolean()).Order());
        Assert.Equal([0, 1], receipts.Select(r => r.GetProperty("accepted").GetInt32()).Order());
        Assert.Equal((1, 1), (model.Batches[^1].Rows, RowsOf(model.Batches[^1], model.Plan!)));
    }

    [Fact]
    public async Task A_batch_that_was_counted_before_is_left_out_and_the_others_of_its_group_are_counted()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        (await SendAsync(host, "b-1", 1)).Ok();
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-2", 2), SendAsync(host, "b-1", 1), SendAsync(host, null, 3) };
        await WaitAsync(host, 3);

        release.SetResult();
        await first;
        var receipts = (await Task.WhenAll(waiting)).Select(r => r.Ok()).ToArray();

        Assert.Equal([false, true, false], receipts.Select(r => r.GetProperty("duplicate").GetBoolean()));
        Assert.Equal((5, 5), (model.Batches[^1].Rows, RowsOf(model.Batches[^1], model.Plan!)));
    }

    [Fact]
    public async Task A_group_is_binned_once_more_when_the_plan_changed()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, "b-2", 2) };
        await WaitAsync(host, 2);
        model.BeforeIngest = () =>
        {
            if (model.Batches.Count == 1 && model.Plan!.Version == 1)
                model.ChangePlan();
        };

        release.SetResult();
        await first;

        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(2, r.Ok().GetProperty("plan").GetInt32()));
        Assert.Equal(3, RowsOf(model.Batches[^1], model.Plan!));
    }

    [Fact]
    public async Task Others_do_not_suffer_for_a_batch_that_the_model_refuses()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, "bad", 2), SendAsync(host, "b-3", 3) };
        await WaitAsync(host, 3);
        model.Refuses = batch => batch.BatchIds.Contains("bad") ? new DriftException(DriftError.Invalid, "It cannot be stored.") : null;

        release.SetResult();
        await first;
        var answers = await Task.WhenAll(waiting);

        Assert.Equal(1, answers[0].Ok().GetProperty("accepted").GetInt32());
        Assert.Contains("cannot be stored", answers[1].Problem(400, "invalid-request").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, answers[2].Ok().GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_group_that_cannot_be_taken_now_fails_each_of_its_requests_and_the_next_is_taken()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, "b-2", 2) };
        await WaitAsync(host, 2);
        model.Refuses = batch => batch.Rows == 3 ? new DriftException("The database is away.") : null;

        release.SetResult();
        await first;

        foreach (var answer in await Task.WhenAll(waiting))
            answer.Problem(503, "unavailable");
        (await SendAsync(host, "b-1", 1)).Ok();
    }

    [Fact]
    public async Task When_too_much_waits_for_a_model_one_more_is_unavailable_and_other_models_are_served()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:Ingest:MaxWaitingBatches"] = "2" });
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), SendAsync(host, "b-2", 1) };
        await WaitAsync(host, 2);

        (await SendAsync(host, "b-3", 1)).Problem(503, "unavailable");
        (await host.PostAsync("/v1/models/other/predictions", Body("b-1", 1))).Ok();

        release.SetResult();
        await first;
        Assert.All(await Task.WhenAll(waiting), r => r.Ok());
    }

    [Fact]
    public async Task A_caller_who_goes_away_takes_nobody_along_and_is_left_out()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var sender = host.Services.GetRequiredService<BatchSender>();
        var plan = await host.Services.GetRequiredService<PlanCache>().GetAsync(model.Id, default);
        using var gone = new CancellationTokenSource();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.Held = release.Task;
        Task<BatchAnswer> SendAsync(string batchId, int rows, CancellationToken aborted)
        {
            var scratch = new IngestScratch();
            for (var i = 0; i < rows; i++)
                scratch.Rows.Feature("age").SetNumber(scratch.Rows.AddRow(), i);
            return sender.SendAsync(model.Id, new WaitingBatch(scratch, batchId, plan, host.Clock.GetUtcNow(), aborted));
        }

        var first = SendAsync("b-1", 1, default);
        var leaving = SendAsync("b-2", 2, gone.Token);
        var staying = SendAsync("b-3", 3, default);
        await gone.CancelAsync();
        release.SetResult();

        Assert.Equal(IngestOutcome.Accepted, (await first).Result.Outcome);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False((await staying).Duplicate);
        Assert.Equal(["b-3"], model.Batches[^1].BatchIds);
        Assert.Equal(3, model.Batches[^1].Rows);
    }

    private static FakeModel Learn(ApiHost host)
    {
        var model = host.Engine.Of("credit");
        model.Learn(
            rows =>
            {
                for (var i = 0; i < 100; i++)
                    rows.Feature("age").SetNumber(rows.AddRow(), i);
            },
            new ModelSettings());
        return model;
    }

    /// <summary>Sends a batch that stays on its way until it is released.</summary>
    private static async Task<(Task First, TaskCompletionSource Release)> HoldAsync(ApiHost host, FakeModel model)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = model.Arrived;
        model.Held = release.Task;
        var first = SendAsync(host, null, 1);
        await Eventually.Async(() => Task.FromResult(model.Arrived > before), TimeSpan.FromSeconds(30), "the first batch is on its way");
        return (first, release);
    }

    private static Task WaitAsync(ApiHost host, int batches) => Eventually.Async(
        () => Task.FromResult(host.Waiting(ModelId.Create("default", "credit")) == batches), TimeSpan.FromSeconds(30), $"{batches} batches wait");

    private static Task<Reply> SendAsync(ApiHost host, string? batchId, int rows) => host.PostAsync(Path, Body(batchId, rows));

    private static string Body(string? batchId, int rows) =>
        $"{{{(batchId is null ? "" : $"\"batch_id\":\"{batchId}\",")}\"rows\":[{string.Join(',', Enumerable.Range(0, rows).Select(i => $"{{\"id\":\"{batchId}-{i}\",\"features\":{{\"age\":{i}}}}}"))}]}}";

    private static long RowsOf(IngestBatch batch, Plan plan) => Delta.Decode(batch.Delta, plan).Sum(part => part.Profile.Rows);
}
