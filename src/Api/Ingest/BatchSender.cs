using System.Collections.Concurrent;
using System.Globalization;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Observability;
using Drift.Api.Options;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Microsoft.Extensions.Options;

namespace Drift.Api.Ingest;

/// <summary>
/// Sends batches to their models, those that wait for the same model together: while one group is on its way to the model and to the disk,
/// the next gathers, and is then binned into one delta. What a group costs beside its rows is so shared by all that arrived meanwhile, and
/// nothing waits for a clock: a batch that finds its model idle is sent at once. Models do not wait for each other. Thread-safe.
/// </summary>
internal sealed class BatchSender(
    IDriftEngine engine,
    PlanCache plans,
    IngestScratchPool pool,
    Arrivals arrivals,
    LongWork longWork,
    IOptions<IngestOptions> options,
    ApiInstruments instruments,
    ServingInstruments serving)
{
    /// <summary>The most batches of one group.</summary>
    public const int MaxGroup = 1_000;

    /// <summary>The rows after which a group takes no more: a longer one would keep the rest waiting.</summary>
    public const int MaxGroupRows = 200_000;

    // Binned in less time than it takes to hand them over.
    private const int FewRows = 500;

    // Profilers keep the profile of a plan, so there are few.
    private readonly ConcurrentBag<Profiler> _profilers = [];
    private readonly int _mostProfilers = 2 * Environment.ProcessorCount;
    private readonly ConcurrentDictionary<ModelId, Lane> _lanes = new();

    /// <summary>
    /// Sends a batch, now or with the next group of its model; completes when it is durable. One that waits is withdrawn when its caller goes
    /// away, however long those before it take; one that is on its way goes on.
    /// </summary>
    /// <exception cref="DriftException"><see cref="DriftError.Unavailable"/>: too much waits for the model.</exception>
    public Task<BatchAnswer> SendAsync(ModelId id, WaitingBatch batch)
    {
        while (true)
        {
            var lane = _lanes.GetOrAdd(id, static (id, pool) => new Lane(id, pool), pool);
            lock (lane)
            {
                if (lane.IsRetired)
                    continue;
                if (lane.IsSending)
                {
                    Admit(lane, batch);
                    return batch.Answer;
                }

                lane.IsSending = true;
                lane.Add(batch);
            }

            // It will send for others too: what hangs on this request's flow (its trace, its log scope) is not theirs.
            using (ExecutionContext.SuppressFlow())
                _ = RunAsync(lane);
            return batch.Answer;
        }
    }

    /// <summary>How many batches wait for a model while others of it are on their way.</summary>
    internal int Waiting(ModelId id)
    {
        if (!_lanes.TryGetValue(id, out var lane))
            return 0;
        lock (lane)
            return lane.Count;
    }

    private void Admit(Lane lane, WaitingBatch batch)
    {
        if (lane.Count < options.Value.MaxWaitingBatches && lane.Bytes + batch.Bytes <= options.Value.MaxWaitingBytes)
        {
            lane.Gather(batch);
            batch.WaitAt(lane.Add(batch), lane.Withdraw);
            return;
        }

        throw new DriftException(DriftError.Unavailable, string.Create(
            CultureInfo.InvariantCulture,
            $"{lane.Count} batches of {lane.Bytes >> 20} MiB wait for the model '{lane.Id}' already. Send the request again in a moment. {IngestOptions.SectionName}:{nameof(IngestOptions.MaxWaitingBatches)} and {nameof(IngestOptions.MaxWaitingBytes)} set how much may wait."));
    }

    /// <summary>Sends group after group until none waits.</summary>
    private async Task RunAsync(Lane lane)
    {
        var group = new List<WaitingBatch>();
        while (true)
        {
            lock (lane)
            {
                lane.Take(group);
                if (group.Count == 0)
                {
                    lane.IsRetired = true;
                    _lanes.TryRemove(KeyValuePair.Create(lane.Id, lane));
                    return;
                }
            }

            try
            {
                await SendAsync(lane.Id, group).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is belongs to those who wait; the next group goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var batch in group)
                    batch.Fail(e);
            }

            group.Clear();
            // Requests that have arrived may still wait for a thread: they go with the next group, not with the one after it.
            await Task.Yield();
        }
    }

    /// <summary>Sends a group; each batch of it is answered, or all that are left fail with what is thrown.</summary>
    private async Task SendAsync(ModelId id, List<WaitingBatch> group)
    {
        var replanned = false;
        while (true)
        {
            var plan = await plans.GetAsync(id, CancellationToken.None).ConfigureAwait(false);
            LeaveOut(group, plan);
            if (group.Count == 0)
                return;
            // Rows that teach a model travel as they are, and the first of them may end the lesson.
            var sent = plan.Plan is null ? group.GetRange(0, 1) : group;
            var (batch, gathered, repeated) = RowsOf(sent) > FewRows && arrivals.AreCrowdedBy(id)
                ? await longWork.RunAsync(() => Compose(sent, plan)).ConfigureAwait(false)
                : Compose(sent, plan);

            // Whoever goes away must not leave it open whether the others were counted.
            IngestResult result;
            try
            {
                result = await engine.Model(id).IngestAsync(batch, CancellationToken.None).ConfigureAwait(false);
            }
            catch (DriftException e) when (e.Error != DriftError.Unavailable && group.Count > 1)
            {
                // Nothing was counted, and one batch may be the reason: the others must not suffer for it.
                await SendEachAsync(id, group).ConfigureAwait(false);
                return;
            }

            // From learning to monitoring, or on to a new plan: the next batch is binned under it at once.
            if (result.Plan != plan.Version || result.Outcome == IngestOutcome.PlanChanged)
                plans.Invalidate(id);
            switch (result.Outcome)
            {
                case IngestOutcome.Accepted:
                    CountGathered(id, gathered);
                    for (var i = 0; i < sent.Count; i++)
                        sent[i].Complete(new BatchAnswer(repeated?.Contains(i) == true, result));
                    group.RemoveRange(0, sent.Count);
                    replanned = false;
                    break;
                case IngestOutcome.Duplicate:
                    if (group.RemoveAll(b => AnswerDuplicate(b, result)) == 0)
                        throw new InvalidOperationException("The model knows a batch that was not sent.");
                    break;
                default:
                    if (replanned)
                    {
                        throw new ApiException(
                            ErrorKind.PlanChanged, $"The plan of '{id}' changed twice while this batch was binned. Nothing was counted; send it again.");
                    }

                    replanned = true;
                    break;
            }
        }
    }

    private static int RowsOf(List<WaitingBatch> group)
    {
        var rows = 0;
        foreach (var batch in group)
            rows += batch.Count;
        return rows;
    }

    private async Task SendEachAsync(ModelId id, List<WaitingBatch> group)
    {
        foreach (var batch in group)
        {
            try
            {
                await SendAsync(id, [batch]).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is belongs to this one.
            catch (Exception e)
#pragma warning restore CA1031
            {
                batch.Fail(e);
            }
        }
    }

    private static bool AnswerDuplicate(WaitingBatch batch, IngestResult result)
    {
        if (batch.BatchId is null || !result.Duplicates.Contains(batch.BatchId))
            return false;
        batch.Complete(new BatchAnswer(true, result));
        return true;
    }

    /// <summary>Answers those whose caller is gone, and those that break the schema of a plan that is newer than their check.</summary>
    private static void LeaveOut(List<WaitingBatch> group, CachedPlan plan) => group.RemoveAll(batch =>
    {
        if (batch.IsAbandoned)
        {
            batch.Abandon();
            return true;
        }

        try
        {
            batch.Meet(plan);
            return false;
        }
        catch (ApiException e)
        {
            batch.Fail(e);
            return true;
        }
    });

    /// <summary>Whoever sent a batch of its own counts what was in it; of gathered ones the rows are here.</summary>
    private void CountGathered(ModelId id, List<ArrivedRows> gathered)
    {
        foreach (var rows in gathered)
        {
            instruments.Predicted(id, rows);
            serving.Served(id, rows);
        }
    }

    /// <summary>
    /// One batch of all. <c>Gathered</c> are the rows of those batches in it that were gathered, <c>Repeated</c> those whose id another one before
    /// them has, whose rows are not in it.
    /// </summary>
    private (IngestBatch Batch, List<ArrivedRows> Gathered, HashSet<int>? Repeated) Compose(List<WaitingBatch> group, CachedPlan plan)
    {
        var ids = new List<string>(group.Count);
        HashSet<int>? repeated = null;
        var seen = new HashSet<string>(group.Count, StringComparer.Ordinal);
        var rows = new List<ArrivedRows>();
        var gathered = new List<ArrivedRows>();
        List<PredictionRecord>? predictions = null;
        var count = 0;
        for (var i = 0; i < group.Count; i++)
        {
            var batch = group[i];
            if (batch.BatchId is { } batchId)
            {
                if (!seen.Add(batchId))
                {
                    (repeated ??= []).Add(i);
                    continue;
                }

                ids.Add(batchId);
            }

            AddTo(batch.IsGathered ? gathered : rows, batch.Arrived);
            count += batch.Count;
            if (batch.Predictions.Count > 0)
                (predictions ??= []).AddRange(batch.Predictions);
        }

        rows.AddRange(gathered);
        return (
            new IngestBatch
            {
                BatchIds = ids,
                Rows = count,
                Delta = plan.Plan is { } known ? Bin(rows, known) : null,
                Raw = plan.Plan is null ? RowBatchCodec.Encode(group[0].Rows) : null,
                Predictions = predictions ?? (IReadOnlyList<PredictionRecord>)[],
            },
            gathered,
            repeated);
    }

    /// <summary>Adds rows, to those before them where they lie behind them.</summary>
    private static void AddTo(List<ArrivedRows> all, ArrivedRows rows)
    {
        if (all.Count > 0 && all[^1] is var last && ReferenceEquals(last.Rows, rows.Rows) && last.First + last.Count == rows.First)
            all[^1] = rows with { First = last.First, Count = last.Count + rows.Count };
        else
            all.Add(rows);
    }

    private byte[] Bin(List<ArrivedRows> rows, Plan plan)
    {
        var profiler = _profilers.TryTake(out var free) ? free : new Profiler();
        var delta = profiler.Bin(rows, plan);
        if (_profilers.Count < _mostProfilers)
            _profilers.Add(profiler);
        return delta;
    }

    /// <summary>What waits for one model. Guarded by its own lock; used no more once it is retired.</summary>
    private sealed class Lane(ModelId id, IngestScratchPool pool)
    {
        private readonly LinkedList<WaitingBatch> _waiting = new();
        private GatheredRows? _gathering;

        public ModelId Id { get; } = id;

        public bool IsSending { get; set; }

        public bool IsRetired { get; set; }

        public int Count => _waiting.Count;

        public long Bytes { get; private set; }

        public LinkedListNode<WaitingBatch> Add(WaitingBatch batch)
        {
            Bytes += batch.Bytes;
            return _waiting.AddLast(batch);
        }

        /// <summary>Puts a small batch that waits to the others.</summary>
        public void Gather(WaitingBatch batch)
        {
            if (!GatheredRows.Takes(batch))
                return;
            if (_gathering is not null && batch.TryGather(_gathering))
                return;
            Seal();
            batch.TryGather(_gathering = new GatheredRows(pool));
        }

        public void Take(List<WaitingBatch> group)
        {
            // From here on it is read.
            Seal();
            var rows = 0;
            while (group.Count < MaxGroup && rows < MaxGroupRows && _waiting.First is { } place)
            {
                Remove(place);
                group.Add(place.Value);
                rows += place.Value.Count;
            }
        }

        /// <summary>Takes out a batch whose caller went away, unless it is on its way. Takes the lock.</summary>
        public void Withdraw(LinkedListNode<WaitingBatch> place)
        {
            lock (this)
            {
                if (place.List is null)
                    return;
                Remove(place);
            }

            place.Value.Abandon();
        }

        private void Seal()
        {
            _gathering?.Leave();
            _gathering = null;
        }

        private void Remove(LinkedListNode<WaitingBatch> place)
        {
            _waiting.Remove(place);
            Bytes -= place.Value.Bytes;
            place.Value.LeavePlace();
        }
    }
}
