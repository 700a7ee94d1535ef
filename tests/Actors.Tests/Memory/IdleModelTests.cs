using Drift.Actors.Tests.Contract;
using Drift.Actors.Tests.Local;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Xunit.Abstractions;

namespace Drift.Actors.Tests.Memory;

/// <summary>What a model costs in memory: counted after a full collection, with nothing else running in the process.</summary>
[Collection(Alone.Name)]
public sealed class IdleModelTests(ITestOutputHelper output)
{
    private const int Models = 200;
    private const int Features = 10;
    private const int ReferenceRows = 1000;

    [Fact]
    public async Task An_idle_model_with_ten_features_holds_at_most_64_kilobytes_and_a_passivated_one_nothing()
    {
        await using var harness = await LocalEngineHarness.StartAsync();
        // What the process holds once (pools, statements, compiled code) is there before.
        await UseAsync(harness, "before");
        await harness.PassivateAsync();
        var before = Held();

        await UseAsync(harness, "idle");
        var idle = Held();
        await harness.PassivateAsync();
        var passivated = Held();

        var (each, left) = ((idle - passivated) / Models, (passivated - before) / Models);
        output.WriteLine($"Idle: {each} bytes a model; passivated: {left}.");
        Assert.True(each is > 1024 and <= 64 * 1024, $"An idle model holds {each} bytes.");
        Assert.True(left <= 1024, $"A passivated model holds {left} bytes.");
    }

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Models with a reference and rows in two minutes, an hour and a day, that have been quiet for two minutes.</summary>
    private static async Task UseAsync(LocalEngineHarness harness, string name)
    {
        for (var i = 0; i < Models; i++)
        {
            var model = harness.Model($"{name}-{i}");
            var now = harness.Clock.GetUtcNow();
            await model.ConfigureAsync(new ModelSettings { Reference = new ReferenceSettings { Rows = ReferenceRows } });
            await model.SendAsync(Rows(ReferenceRows, i), now);
            foreach (var age in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromHours(20), TimeSpan.FromDays(6)])
                await model.SendAsync(Rows(100, i + (int)age.TotalMinutes, now - age), now);
        }

        harness.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < Models; i++)
        {
            // The first evaluation takes in the rows, the second finds no new ones.
            await harness.Model($"{name}-{i}").GetVerdictAsync(now: true);
            await harness.Model($"{name}-{i}").GetVerdictAsync(now: true);
        }
    }

    private static RowBatch Rows(int count, int seed, DateTimeOffset? at = null)
    {
        var random = new Random(seed);
        var batch = new RowBatch();
        for (var i = 0; i < count; i++)
        {
            var row = batch.AddRow();
            for (var feature = 0; feature < Features; feature++)
                batch.Feature($"n{feature}").SetNumber(row, feature + random.NextDouble());
            var score = random.NextDouble();
            batch.Score.SetNumber(row, score);
            batch.Prediction.SetText(row, batch.Texts.Add(score > 0.5 ? "yes" : "no"));
            if (at is { } time)
                batch.SetTime(row, time.UtcTicks);
        }

        return batch;
    }
}
