using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Quality;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Api.Tests.Support;

/// <summary>A model that keeps what it is told. Its plan comes from an uploaded reference.</summary>
internal sealed class FakeModel(ModelId id, FakeEngine engine) : IModelActor
{
    private readonly Lock _gate = new();
    private int _arrived;
    private readonly List<VerdictChange> _changes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ModelId Id { get; } = id;

    public bool Exists { get; private set; }

    public ModelSettings Settings { get; private set; } = new();

    public Plan? Plan { get; private set; }

    public List<IngestBatch> Batches { get; } = [];

    public List<LabelBatch> LabelBatches { get; } = [];

    public HistoryQuery? LastQuery { get; private set; }

    public string? LastWindow { get; private set; }

    public bool LastNow { get; private set; }

    public int PlanRequests { get; private set; }

    public Verdict Verdict { get; set; } = new() { Window = "1h", Status = VerdictStatus.Ok };

    /// <summary>Thrown by every call, when set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Runs before each ingest, for plans that change in between.</summary>
    public Action? BeforeIngest { get; set; }

    /// <summary>What each ingest waits for.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Ingests that came, answered or not.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    /// <summary>What an ingest is answered instead of being taken.</summary>
    public Func<IngestBatch, Exception?>? Refuses { get; set; }

    /// <summary>A new version of the plan.</summary>
    public void ChangePlan() => Plan = Plan!.WithVersion(Plan.Version + 1);

    public void Create(ModelSettings? settings = null)
    {
        Exists = true;
        Settings = settings ?? Settings;
    }

    /// <summary>Gives the model a plan from rows that a test builds.</summary>
    public void Learn(Action<RowBatch> build, ModelSettings? settings = null)
    {
        Create(settings);
        var rows = new RowBatch();
        build(rows);
        Plan = PlanBuilder.Build(1, rows, Settings);
    }

    public void Report(VerdictChange change)
    {
        lock (_gate)
        {
            _changes.Add(change);
            Wake();
        }
    }

    public ModelStatus Status() => new()
    {
        Name = Id.Name,
        Status = Plan is null ? ModelState.Learning : ModelState.Monitoring,
        Rows = Batches.Sum(b => b.Rows),
        Verdict = Plan is null ? null : Verdict,
    };

    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default)
    {
        Guard();
        PlanRequests++;
        return Task.FromResult(new PlanLease(Plan?.Version ?? 0, Plan?.Encode(), Settings.Validation, Exists));
    }

    public async Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default)
    {
        Guard();
        Interlocked.Increment(ref _arrived);
        await Held;
        if (Refuses?.Invoke(batch) is { } refusal)
            throw refusal;
        BeforeIngest?.Invoke();
        Exists = true;
        var outcome = IngestOutcome.Accepted;
        string[] known = [.. batch.BatchIds.Where(id => Batches.Exists(b => b.BatchIds.Contains(id)))];
        if (known.Length > 0)
            outcome = IngestOutcome.Duplicate;
        else if (batch.Delta is { } delta ? Plan is null || !Delta.IsOf(delta, Plan) : Plan is not null)
            outcome = IngestOutcome.PlanChanged;
        else
            Batches.Add(batch);
        return new IngestResult(outcome, Plan?.Version ?? 0, Batches.Sum(b => b.Rows), Settings.Reference.Rows) { Duplicates = known };
    }

    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default)
    {
        Guard();
        var duplicate = batch.BatchId is not null && LabelBatches.Exists(b => b.BatchId == batch.BatchId);
        LabelBatches.Add(batch);
        return Task.FromResult(new LabelResult { Duplicate = duplicate, Waiting = duplicate ? 0 : batch.Labels.Count });
    }

    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default)
    {
        Guard();
        return Exists
            ? Task.FromResult(new ModelDescription { Model = Id.ToString(), Settings = Settings, Plan = Plan?.Version ?? 0 })
            : throw new DriftException(DriftError.NotFound, $"There is no model '{Id}'.");
    }

    public Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default)
    {
        Guard();
        Create(settings);
        return DescribeAsync(cancellationToken);
    }

    public async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        await DescribeAsync(cancellationToken);
        lock (_gate)
        {
            Exists = false;
            Wake();
        }
    }

    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default)
    {
        Guard();
        var batch = new RowBatch();
        RowBatchCodec.DecodeInto(rows.Span, batch);
        Exists = true;
        Plan = PlanBuilder.Build((Plan?.Version ?? 0) + 1, batch, Settings);
        return Task.FromResult(new ReferenceDescription { Model = Id.ToString(), Mode = ReferenceMode.Uploaded, Plan = Plan.Version, Rows = batch.Count });
    }

    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        Guard();
        return Task.FromResult(new ReferenceDescription { Model = Id.ToString(), Mode = ReferenceMode.Pinned, From = from, To = to });
    }

    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default)
    {
        Guard();
        return Task.FromResult(new ReferenceDescription { Model = Id.ToString() });
    }

    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default)
    {
        await DescribeAsync(cancellationToken);
        (LastWindow, LastNow) = (window, now);
        return Verdict with { Model = Id.ToString(), Window = window ?? Verdict.Window };
    }

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default)
    {
        Guard();
        LastQuery = query;
        return Task.FromResult<IReadOnlyList<HistoryEntry>>([new HistoryEntry { Model = Id.ToString(), Timestamp = query.From.AddHours(Id.Name.Length), Window = "24h" }]);
    }

    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default)
    {
        Guard();
        return name == "age"
            ? Task.FromResult(new FeatureComparison { Model = Id.ToString(), Window = window ?? "1h" })
            : throw new DriftException(DriftError.NotFound, $"The model '{Id}' has no column '{name}'.");
    }

    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        Guard();
        return Task.FromResult(new PerformanceComparison { Model = Id.ToString(), Window = window ?? "1h", Task = ModelTask.Binary });
    }

    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        Guard();
        return Task.FromResult(new QualityReport { Rows = 0, DataQualityScore = 1, Columns = [] });
    }

    /// <summary>Segments beside the one that it always has.</summary>
    public IReadOnlyList<Verdict> Segments { get; set; } = [];

    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        Guard();
        return Task.FromResult<IReadOnlyList<Verdict>>([Verdict with { Model = Id.ToString(), Segment = "region=eu" }, .. Segments]);
    }

    public Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        Task changed;
        lock (_gate)
        {
            Guard();
            if (_changes.Where(c => c.Number > after).ToArray() is { Length: > 0 } found)
                return found;
            changed = _changed.Task;
        }

        await Task.WhenAny(changed, Task.Delay(wait, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return [.. _changes.Where(c => c.Number > after)];
    }

    private void Wake()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Guard()
    {
        if ((Failure ?? engine.Failure) is { } failure)
            throw failure;
    }
}
