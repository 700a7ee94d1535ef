namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    /// <inheritdoc/>
    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default) =>
        ChangeAsync(() => TakeLabelsAsync(batch, cancellationToken), cancellationToken);

    private async Task<LabelResult> TakeLabelsAsync(LabelBatch batch, CancellationToken cancellationToken)
    {
        RequireExists();
        // Rows and labels share the journal, but not their ids: a caller may well name both batches of a day alike.
        var batchId = batch.BatchId is null ? null : $"labels\n{batch.BatchId}";
        string[] batchIds = batchId is null ? [] : [batchId];
        var hashes = BatchIdHash.Of(batchIds);
        if ((await FindCountedAsync(batchIds, hashes, cancellationToken)).Count > 0)
            return new LabelResult { Duplicate = true };

        var ids = batch.Labels.Select(l => l.Id).Distinct(StringComparer.Ordinal).ToList();
        var predictions = await _services.Predictions.FindPredictionsAsync(_id, ids, cancellationToken);
        var known = await _services.Predictions.FindLabelsAsync(_id, ids, cancellationToken);
        var values = known.ToDictionary(k => k.Key, k => k.Value.Label, StringComparer.Ordinal);
        foreach (var (id, prediction) in predictions)
        {
            if (prediction.Label is { } label)
                values[id] = label;
        }

        var fresh = new List<LabelRecord>();
        var matched = new List<(PredictionRecord Prediction, string Label)>();
        var repeated = 0;
        var conflicting = new List<string>();
        foreach (var label in batch.Labels)
        {
            if (values.TryGetValue(label.Id, out var value))
            {
                if (value == label.Label)
                    repeated++;
                else
                    conflicting.Add(label.Id);
                continue;
            }

            values[label.Id] = label.Label;
            fresh.Add(label with { Time = label.Time ?? Now });
            if (predictions.TryGetValue(label.Id, out var prediction))
                matched.Add((prediction, label.Label));
        }

        var result = new LabelResult { Matched = matched.Count, Waiting = fresh.Count - matched.Count, Repeated = repeated, Conflicting = conflicting };
        if (fresh.Count == 0 && batchId is null)
            return result;

        // While the model learns there is nothing to count labels in: they join their rows when the reference is fixed.
        var plan = _state.Plan;
        var current = matched.Where(m => !m.Prediction.InReference).ToList();
        var reference = matched.Where(m => m.Prediction.InReference).ToList();
        var payload = new JournalPayload
        {
            Deltas = plan is null || current.Count == 0 ? [] : [LabelDelta(current, plan, Now)],
            ReferenceDelta = plan is null || reference.Count == 0 ? null : LabelDelta(reference, plan, Now),
        };
        var entry = NewEntry(JournalPayload.Labels, batchIds, payload.Encode()) with { Labels = fresh };
        return await AppendAsync(
            entry,
            hashes,
            DecodedEntry.Of(JournalPayload.Labels, payload, plan),
            async () =>
            {
                await AfterAppendAsync(reportNow: false, cancellationToken);
                return result;
            },
            () => TakeLabelsAsync(batch, cancellationToken),
            cancellationToken);
    }
}
