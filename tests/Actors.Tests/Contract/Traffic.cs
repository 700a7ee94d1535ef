using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;

namespace Drift.Actors.Tests.Contract;

/// <summary>Seeded rows of a small credit model, and the way an ingest node takes with them.</summary>
public static class Traffic
{
    private static readonly string[] Jobs = ["nurse", "clerk", "driver", "teacher", "cook"];

    /// <summary>Rows with a normal feature, a categorical one, a prediction and a score; ids <c>p-{seed}-{row}</c> when asked for.</summary>
    public static RowBatch Rows(int count, int seed, double shift = 0, bool ids = false, bool labels = false, DateTimeOffset? at = null, Func<int, string>? region = null)
    {
        var random = new Random(seed);
        var batch = new RowBatch();
        for (var i = 0; i < count; i++)
        {
            var row = batch.AddRow();
            var age = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())) + shift;
            batch.Feature("age").SetNumber(row, age);
            batch.Feature("job").SetText(row, batch.Texts.Add(Jobs[random.Next(Jobs.Length)]));
            var score = random.NextDouble();
            batch.Score.SetNumber(row, score);
            batch.Prediction.SetText(row, batch.Texts.Add(score > 0.5 ? "yes" : "no"));
            if (labels)
                batch.Label.SetText(row, batch.Texts.Add(random.NextDouble() < score ? "yes" : "no"));
            if (ids)
                batch.SetId(row, batch.Texts.Add($"p-{seed}-{row}"));
            if (at is { } time)
                batch.SetTime(row, time.UtcTicks);
            if (region is not null)
                batch.Segment("region").SetText(row, batch.Texts.Add(region(row)));
        }

        return batch;
    }

    /// <summary>Takes a batch the way an ingest node does: bins it under the model's plan, or sends it raw while the model learns.</summary>
    public static async Task<IngestResult> SendAsync(this IModelActor model, RowBatch rows, DateTimeOffset now, string? batchId = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = await model.IngestAsync(Bin(rows, await model.GetPlanAsync(), now, batchId));
            if (result.Outcome != IngestOutcome.PlanChanged || attempt == 2)
                return result;
        }
    }

    public static IngestBatch Bin(RowBatch rows, PlanLease lease, DateTimeOffset now, string? batchId = null) => new()
    {
        BatchIds = batchId is null ? [] : [batchId],
        Rows = rows.Count,
        Delta = lease.Plan is null ? null : new Profiler().Bin(rows, Plan.Decode(lease.Plan), now),
        Raw = lease.Plan is null ? RowBatchCodec.Encode(rows) : null,
        Predictions = [.. Enumerable.Range(0, rows.Count).Where(r => rows.Id(r) >= 0).Select(r => new PredictionRecord
        {
            Id = rows.Texts.GetString(rows.Id(r)),
            Time = rows.Time(r) == 0 ? now : new DateTimeOffset(rows.Time(r), TimeSpan.Zero),
            Prediction = rows.Prediction.Category(r, rows.Texts),
            Score = rows.Score.Tag(r) == CellTag.Number ? rows.Score.Number(r) : null,
            Label = rows.Label.Category(r, rows.Texts),
        })],
    };
}
