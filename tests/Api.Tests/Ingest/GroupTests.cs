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

    [Fact]
    public async Task Rows_of_all_kinds_count_in_a_group_as_they_do_in_one_batch()
    {
        await using var host = await ApiHost.StartAsync();
        const string Path = "/v1/models/kinds/predictions";
        var model = host.Engine.Of("kinds");
        model.Learn(
            rows =>
            {
                for (var i = 0; i < 100; i++)
                {
                    rows.Feature("age").SetNumber(rows.AddRow(), i);
                    rows.Feature("job").SetText(i, rows.Texts.Add($"j{i % 3}"));
                    rows.Prediction.SetText(i, rows.Texts.Add(i % 2 == 0 ? "yes" : "no"));
                }
            },
            new ModelSettings { Segments = ["region"] });
        string[] kinds =
        [
            """{"features":{"age":30,"job":"j1"}}""",
            """{"id":"p1","features":{"job":"new","age":null},"prediction":"yes","label":"no"}""",
            """{"ts":"2026-11-20T10:00:00Z","features":{"age":"no number"},"segment":{"region":"eu"}}""",
            """{"features":{"other":7,"age":41.5},"prediction":"no","score":0.25,"latency_ms":12,"adapter":"v1","tokens":{"prompt":3}}""",
            """{"features":{"age":true,"job":5},"segment":{"region":"us"},"cache":"hit","adapter":"v2"}""",
            """{"features":{}}""",
        ];
        var (first, release) = await HoldAsync(host, model, Path);
        var waiting = new List<Task<Reply>>();
        for (var i = 0; i < 30; i++)
        {
            waiting.Add(host.PostAsync(Path, $$"""{"rows":[{{kinds[i % kinds.Length]}}]}"""));
            await WaitAsync(host, i + 1, "kinds");
        }

        release.SetResult();
        await first;
        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(1, r.Ok().GetProperty("accepted").GetInt32()));
        var all = string.Join(',', Enumerable.Range(0, 30).Select(i => kinds[i % kinds.Length]));
        (await host.PostAsync(Path, $$"""{"rows":[{{all}}]}""")).Ok();

        var (group, batch) = (model.Batches[^2], model.Batches[^1]);
        Assert.Equal(30, group.Rows);
        Assert.Equal(Parts(batch, model.Plan!), Parts(group, model.Plan!));
        Assert.Equal(batch.Predictions.Select(p => p.Id), group.Predictions.Select(p => p.Id));
        var metrics = (await host.GetAsync("/metrics")).Text;
        Assert.Contains("daily_predictions_total{model=\"kinds\",tenant=\"default\"} 61", metrics, StringComparison.Ordinal);
        Assert.Contains("prediction_latency_seconds_count{adapter=\"v1\",model=\"kinds\",tenant=\"default\"} 10", metrics, StringComparison.Ordinal);
        Assert.Contains("prediction_value_distribution_count{model=\"kinds\",tenant=\"default\"} 10", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_batches_that_wait_for_a_plan_are_checked_by_the_one_that_they_meet()
    {
        await using var host = await ApiHost.StartAsync();
        var model = Learn(host);
        var (first, release) = await HoldAsync(host, model);
        var waiting = new[] { SendAsync(host, "b-1", 1), host.PostAsync(Path, """{"rows":[{"features":{"unknown":1}}]}"""), SendAsync(host, "b-3", 2) };
        await WaitAsync(host, 3);
        model.BeforeIngest = () =>
        {
            model.BeforeIngest = null;
            model.Create(model.Settings with { Validation = ValidationMode.Strict });
            model.ChangePlan();
        };

        release.SetResult();
        await first;
        var answers = await Task.WhenAll(waiting);

        answers[0].Ok();
        answers[1].Problem(422, "schema-violation");
        answers[2].Ok();
        Assert.Equal((3, 3), (model.Batches[^1].Rows, RowsOf(model.Batches[^1], model.Plan!)));
    }

    [Fact]
    public void Gathered_rows_go_back_to_their_pool_when_the_last_of_their_batches_has_left()
    {
        var pool = new IngestScratchPool();
        var gathered = new GatheredRows(pool);
        var rows = gathered.Rows;
        var batches = Enumerable.Range(0, 3).Select(_ => Small(columns: 2)).ToArray();
        Assert.All(batches, b => Assert.True(b.TryGather(gathered)));
        gathered.Leave();

        batches[0].Complete(default);
        batches[0].Abandon();
        batches[1].Fail(new InvalidOperationException());
        Assert.NotSame(rows, pool.Rent().Rows);
        batches[2].Complete(default);

        Assert.Same(rows, pool.Rent().Rows);
        Assert.Equal(0, rows.Count);
    }

    [Fact]
    public void Rows_are_gathered_until_their_columns_would_take_much_memory_for_rows_that_lack_them()
    {
        var gathered = new GatheredRows(new IngestScratchPool());
        var names = 0;
        var taken = 0;
        while (Small(columns: 100, () => $"c{names++}").TryGather(gathered))
            taken++;

        Assert.InRange(taken, 10, 40);
        Assert.Equal(taken, gathered.Rows.Count);
    }

    private static WaitingBatch Small(int columns, Func<string>? name = null)
    {
        var scratch = new IngestScratch();
        scratch.Rows.AddRow();
        for (var i = 0; i < columns; i++)
            scratch.Rows.Feature(name?.Invoke() ?? $"c{i}").SetNumber(0, i);
        return new WaitingBatch(scratch, null, new CachedPlan(0, null, default, null), DateTimeOffset.UnixEpoch, default);
    }

    private static string[] Parts(IngestBatch batch, Plan plan) => [.. Delta.Decode(batch.Delta, plan).Select(p => $"{p.Segment} {p.Pane} {Convert.ToHexString(Bytes(p.Profile))}").Order(StringComparer.Ordinal)];

    private static byte[] Bytes(Profile profile)
    {
        var writer = new Core.Codec.ByteWriter();
        profile.Write(writer);
        return writer.ToArray();
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
    private static async Task<(Task First, TaskCompletionSource Release)> HoldAsync(ApiHost host, FakeModel model, string path = Path)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = model.Arrived;
        model.Held = release.Task;
        var first = host.PostAsync(path, Body(null, 1));
        await Eventually.Async(() => Task.FromResult(model.Arrived > before), TimeSpan.FromSeconds(30), "the first batch is on its way");
        return (first, release);
    }

    private static Task WaitAsync(ApiHost host, int batches, string model = "credit") => Eventually.Async(
        () => Task.FromResult(host.Waiting(ModelId.Create("default", model)) == batches), TimeSpan.FromSeconds(30), $"{batches} batches wait");

    private static Task<Reply> SendAsync(ApiHost host, string? batchId, int rows) => host.PostAsync(Path, Body(batchId, rows));

    private static string Body(string? batchId, int rows) =>
        $"{{{(batchId is null ? "" : $"\"batch_id\":\"{batchId}\",")}\"rows\":[{string.Join(',', Enumerable.Range(0, rows).Select(i => $"{{\"id\":\"{batchId}-{i}\",\"features\":{{\"age\":{i}}}}}"))}]}}";

    private static long RowsOf(IngestBatch batch, Plan plan) => Delta.Decode(batch.Delta, plan).Sum(part => part.Profile.Rows);
}
