using System.Globalization;
using Drift.Actors.Ports;
using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    // The ids of entries that are not pruned are in memory: some 20 MB at most, with the entries of the snapshot before.
    private const int MostRecentIds = 100_000;

    /// <inheritdoc/>
    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default)
    {
        // A plan whose snapshot is not written yet, or could not be, counts for nothing: whoever asks waits until that is settled. A model
        // that is refused is looked at once more: this is where batches come by, and an operator may have repaired it.
        return _damage is null && ReferenceEquals(_state.Plan, _savedPlan)
            ? Task.FromResult(Lease())
            : ChangeAsync(() => Task.FromResult(Lease()), cancellationToken);
    }

    private PlanLease Lease() => new(_savedPlan?.Version ?? 0, _savedPlan?.Encode(), _state.Settings.Validation, _state.Exists);

    /// <inheritdoc/>
    public Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default) =>
        ChangeAsync(() => TakeAsync(batch, cancellationToken), cancellationToken);

    private async Task<IngestResult> TakeAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var isNew = !_state.Exists;
        var ids = BatchIdHash.Of(batch.BatchIds);
        var plan = _state.Plan;
        JournalPayload payload;
        if (plan is null)
        {
            if (batch.Raw is null)
                return Result(IngestOutcome.PlanChanged);
            if (await FindCountedAsync(batch.BatchIds, ids, cancellationToken) is { Count: > 0 } duplicates)
                return Result(IngestOutcome.Duplicate) with { Duplicates = duplicates };
            if (!LearnsFromFirstRows && _state.KeptRows >= Math.Max(_state.Settings.Reference.Rows, _state.Settings.MinRows))
            {
                throw new DriftException(
                    DriftError.Conflict,
                    $"Model {_id} waits for its reference and keeps {_state.KeptRows} rows already. PUT the reference, or set reference.mode to 'first' to learn it from these rows.");
            }

            CheckRaw(batch.Raw, batch.Rows);
            payload = new JournalPayload { Rows = batch.Rows, RawRows = batch.Raw };
        }
        else
        {
            if (batch.Delta is null || !IsOfPlan(batch.Delta, plan))
                return Result(IngestOutcome.PlanChanged);
            if (await FindCountedAsync(batch.BatchIds, ids, cancellationToken) is { Count: > 0 } duplicates)
                return Result(IngestOutcome.Duplicate) with { Duplicates = duplicates };
            var deltas = new List<byte[]> { batch.Delta };
            if (await JoinWaitingLabelsAsync(batch.Predictions, plan, cancellationToken) is { } joined)
                deltas.Add(joined);
            payload = new JournalPayload { Rows = batch.Rows, Deltas = deltas };
        }

        var decoded = Decode(plan is null ? JournalPayload.Unbinned : JournalPayload.Binned, payload, plan);
        var entry = NewEntry(decoded.Kind, batch.BatchIds, payload.Encode()) with
        {
            Predictions = plan is null && LearnsFromFirstRows ? [.. batch.Predictions.Select(p => p with { InReference = true })] : batch.Predictions,
        };
        return await AppendAsync(
            entry,
            ids,
            decoded,
            async () =>
            {
                await AfterAppendAsync(reportNow: isNew || plan is null, cancellationToken);
                return Result(IngestOutcome.Accepted);
            },
            () => TakeAsync(batch, cancellationToken),
            cancellationToken);
    }

    /// <summary>Those of the batch ids that were counted before, within the idempotency horizon.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Unavailable"/>: the journal cannot be asked.</exception>
    private async ValueTask<IReadOnlyList<string>> FindCountedAsync(IReadOnlyList<string> batchIds, UInt128[] hashes, CancellationToken cancellationToken)
    {
        if (hashes.Length == 0)
            return [];
        var recent = _recentIds.Find(batchIds, hashes);
        if (recent.Count > 0)
            return recent;
        // A model whose batches have no ids never reads what there is.
        if (!_prunedAreRead)
            await ReadPrunedAsync(cancellationToken);
        var entries = _prunedIds.EntriesOf(hashes);
        return entries.Count == 0 ? [] : [.. await _services.Journal.FindPrunedBatchIdsAsync(Key, entries, batchIds, cancellationToken)];
    }

    private async Task ReadPrunedAsync(CancellationToken cancellationToken)
    {
        await foreach (var (sequence, ids) in _services.Journal.ReadPrunedBatchIdsAsync(Key, cancellationToken))
        {
            if (!_prunedIds.AddEarlier(sequence, BatchIdHash.Of(ids)))
                break;
        }

        _prunedAreRead = true;
    }

    private PrunedBatchIds NothingPruned() => new(Options.IdempotencyHorizon, Options.IdempotencyBatches, Uptime);

    /// <summary>What follows from an appended entry. The entry is durable, so a failure here is no failure of the request.</summary>
    private async Task AfterAppendAsync(bool reportNow, CancellationToken cancellationToken)
    {
        _changedAt ??= Now;
        _unevaluated = true;
        try
        {
            await FinishLearningAsync(cancellationToken);
            var due = _sequence - _snapshotSequence >= Options.SnapshotEvery || (_recentIds.Count >= MostRecentIds && _sequence > _snapshotSequence);
            if (due && _writing.IsCompleted)
                await SaveMeanwhileAsync(SnapshotCopies.Latest);
        }
        catch (DriftException e)
        {
            LogSnapshotFailed(_id, e);
        }

        if (_state.Plan is not null)
            ScheduleEvaluation();
        if (reportNow)
            await ReportStatusAsync(cancellationToken);
    }

    private bool LearnsFromFirstRows => _state.Settings.Reference.Mode is ReferenceMode.First or ReferenceMode.Rolling or ReferenceMode.Pinned;

    private IngestResult Result(IngestOutcome outcome) => new(
        outcome, _state.Plan?.Version ?? 0, _state.Plan is null ? _state.KeptRows : 0, _state.Plan is null && LearnsFromFirstRows ? _state.Settings.Reference.Rows : 0);

    private static bool IsOfPlan(byte[] delta, Plan plan)
    {
        try
        {
            return Delta.IsOf(delta, plan);
        }
        catch (CodecException e)
        {
            throw new DriftException(DriftError.Invalid, $"The batch cannot be read: {e.Message}", e);
        }
    }

    private static DecodedEntry Decode(byte kind, JournalPayload payload, Plan? plan)
    {
        try
        {
            return DecodedEntry.Of(kind, payload, plan);
        }
        catch (CodecException e)
        {
            throw new DriftException(DriftError.Invalid, $"The batch cannot be read: {e.Message}", e);
        }
    }

    private static void CheckRaw(byte[] raw, int rows)
    {
        if (Decode(raw).Count != rows)
            throw new DriftException(DriftError.Invalid, $"The batch does not hold the {rows} rows that it announces.");
    }

    private static RowBatch Decode(ReadOnlySpan<byte> rows)
    {
        var batch = new RowBatch();
        try
        {
            RowBatchCodec.DecodeInto(rows, batch);
        }
        catch (CodecException e)
        {
            throw new DriftException(DriftError.Invalid, $"The rows cannot be read: {e.Message}", e);
        }

        return batch;
    }

    /// <summary>Labels that came before their predictions meet them now.</summary>
    private async Task<byte[]?> JoinWaitingLabelsAsync(IReadOnlyList<PredictionRecord> predictions, Plan plan, CancellationToken cancellationToken)
    {
        if (predictions.Count == 0)
            return null;
        var unlabelled = predictions.Where(p => p.Label is null).ToList();
        if (unlabelled.Count == 0)
            return null;
        var waiting = await _services.Predictions.FindLabelsAsync(_id, [.. unlabelled.Select(p => p.Id).Distinct()], cancellationToken);
        if (waiting.Count == 0)
            return null;
        // A label counts with the prediction that the log keeps: the first of its id.
        var logged = await _services.Predictions.FindPredictionsAsync(_id, [.. waiting.Keys], cancellationToken);
        var pairs = unlabelled
            .DistinctBy(p => p.Id)
            .Where(p => waiting.ContainsKey(p.Id) && !logged.ContainsKey(p.Id))
            .Select(p => (p, waiting[p.Id].Label))
            .ToList();
        return pairs.Count == 0 ? null : LabelDelta(pairs, plan, Now);
    }

    /// <summary>The counts that labels add: the label column and the performance, in the pane and segments of their predictions.</summary>
    private static byte[] LabelDelta(IReadOnlyList<(PredictionRecord Prediction, string Label)> pairs, Plan plan, DateTimeOffset now)
    {
        var parts = new Dictionary<(string Segment, PaneKey Pane), Profile>();
        foreach (var (prediction, label) in pairs)
        {
            var pane = PaneKey.For(prediction.Time, now);
            var row = ToRow(prediction, label);
            foreach (var segment in prediction.Segments.Prepend(PaneStore.AllRows))
            {
                if (!parts.TryGetValue((segment, pane), out var profile))
                    parts.Add((segment, pane), profile = new Profile(plan));
                profile.AddLabel(row);
            }
        }

        var writer = new ByteWriter();
        Delta.Begin(writer, plan, 0, parts.Count);
        foreach (var ((segment, pane), profile) in parts)
            Delta.Append(writer, segment, pane, profile);
        return Delta.End(writer);
    }

    private static RowBatch ToRow(PredictionRecord prediction, string label)
    {
        var row = new RowBatch();
        row.AddRow();
        if (prediction.Prediction is { } predicted)
            SetOutput(row, row.Prediction, 0, predicted);
        SetOutput(row, row.Label, 0, label);
        if (prediction.Score is { } score)
            row.Score.SetNumber(0, score);
        foreach (var (name, value) in prediction.ClassScores ?? new Dictionary<string, double>())
            row.ClassScore(name).SetNumber(0, value);
        return row;
    }

    /// <summary>Sets a prediction or label that was kept as a category name: as the number that it reads as, else as text.</summary>
    private static void SetOutput(RowBatch batch, Cells cells, int row, string value)
    {
        var text = batch.Texts.Add(value);
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            cells.SetNumber(row, number, text);
        else
            cells.SetText(row, text);
    }
}
