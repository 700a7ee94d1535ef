using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    /// <inheritdoc/>
    public async Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default)
    {
        var faults = settings.Validate();
        if (faults.Count > 0)
        {
            throw new DriftException(DriftError.Invalid, string.Join("; ", faults.Select(f => $"{f.Field} {f.Message}")) + ".")
            {
                Fields = faults.GroupBy(f => f.Field).ToDictionary(g => g.Key, g => g.Select(f => f.Message).ToArray()),
            };
        }

        // Asked before the gate is taken: two models that name each other must not wait for each other.
        var copy = settings.Reference.Mode == ReferenceMode.Model ? await CopyFromAsync(settings.Reference.Model!, cancellationToken) : null;
        return await ChangeAsync(
            async () =>
            {
                var before = _state.Settings;
                if (!_state.Exists)
                    _state.CreatedAt = Now;
                _state.Exists = true;
                var newPlan = _state.Plan is not null && NeedsNewPlan(before, settings);
                // Settings that do not speak of the reference say 'first': they leave a reference that is there alone.
                var keepsReference = _state.Plan is not null && !newPlan && settings.Reference.Mode == ReferenceMode.First;
                _state.Settings = keepsReference ? settings with { Reference = settings.Reference with { Mode = before.Reference.Mode } } : settings;
                if (copy is not null)
                    AdoptReference(copy);
                else if (newPlan)
                    _state.Relearn();
                await SaveAsync();
                await FinishLearningAsync(cancellationToken);
                _unevaluated = true;
                if (_state.Plan is not null)
                    ScheduleEvaluation();
                await ReportStatusAsync(cancellationToken);
                await ConfigureTriggersAsync(before.Triggers, cancellationToken);
                return Describe();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // What cannot be read can still be deleted.
            await WrittenAsync();
            if (_damage is null)
            {
                if (IsStale)
                    await ReloadAsync(cancellationToken);
                RequireExists();
            }

            ResolveAlerts("the model was deleted");
            var effects = AlertEffects(await SilencesAsync());
            _mustReload = true;
            await _services.States.DeleteModelAsync(_id, effects, cancellationToken);
            AlertsKept(_state, effects);
            Become(NothingKnown());
            _savedPlan = null;
            _recentIds = new RecentBatchIds();
            _prunedIds = NothingPruned();
            _prunedAreRead = false;
            _sequence = _snapshotSequence = _snapshotVersion = 0;
            _mustReload = _snapshotUncertain = false;
            SetDamage(null);
            _services.Instruments.Deleted(_id, Now);
            ReleaseWaiters();
            await _services.Engine().Catalog(_id.Tenant).RemoveAsync(_id.Name, cancellationToken);
            await RetireTriggersAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default) => ChangeAsync(
        async () =>
        {
            var batch = Decode(rows.Span);
            var settings = _state.Settings;
            if (batch.Count < settings.MinRows)
            {
                throw new DriftException(
                    DriftError.Invalid,
                    $"The reference has {batch.Count} rows, but min_rows is {settings.MinRows}: every verdict would be 'insufficient'. Send at least {settings.MinRows} rows, or lower min_rows first.");
            }

            var plan = PlanBuilder.Build(_state.NextPlan, batch, settings);
            RequireUsable(plan);
            if (!_state.Exists)
                _state.CreatedAt = Now;
            _state.Exists = true;
            // Rows that waited for this reference are current rows; rows that were meant to become the reference are, too, now.
            var kept = _state.Kept.ToList();
            _state.Kept.Clear();
            _state.KeptRows = 0;
            _state.Settings = settings with { Reference = settings.Reference with { Mode = ReferenceMode.Uploaded } };
            _state.Begin(plan, ReferenceProfiles.Build(batch, plan), Now);
            foreach (var (at, waiting) in kept)
                Merge(_state, Delta.Decode(new Profiler().Bin(Decode(waiting), plan, at), plan));
            await CompleteReferenceAsync(cancellationToken);
            return DescribeReference();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) => ChangeAsync(
        async () =>
        {
            RequireExists();
            if (to <= from)
                throw Invalid("to", $"is {to:O}, must be after from ({from:O})");
            if (_state.Panes is not { } panes)
                throw new DriftException(DriftError.Conflict, $"Model {_id} still learns: a period can be pinned once it monitors.");
            panes.RollUp(Now);
            var pinned = panes.Segments.ToDictionary(s => s, s => panes.MergeRange(s, from, to), StringComparer.Ordinal);
            var rows = pinned.GetValueOrDefault(PaneStore.AllRows)?.Rows ?? 0;
            if (rows < _state.Settings.MinRows)
                throw Invalid("from", $"to {to:O} holds {rows} rows that are still kept, min_rows is {_state.Settings.MinRows}; choose a longer or a younger period");
            // The bins stay, so the windows stay: only what they are compared with is new.
            _state.Settings = _state.Settings with { Reference = _state.Settings.Reference with { Mode = ReferenceMode.Pinned } };
            _state.ReplaceReference(pinned, Now, from, to);
            await CompleteReferenceAsync(cancellationToken);
            return DescribeReference();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default)
    {
        RequireExists();
        return Task.FromResult(DescribeReference());
    }

    /// <inheritdoc/>
    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default)
    {
        RequireSound();
        if (_state.Plan is not { } plan)
            return Task.FromResult<ReferenceCopy?>(null);
        var writer = new ByteWriter();
        ModelSnapshot.WriteReference(writer, CurrentReference());
        return Task.FromResult<ReferenceCopy?>(new ReferenceCopy(plan.Encode(), writer.ToArray()));
    }

    /// <summary>Builds the reference when enough rows were kept. The caller holds the gate.</summary>
    private async Task FinishLearningAsync(CancellationToken cancellationToken)
    {
        if (_state.Plan is not null || !LearnsFromFirstRows || _state.KeptRows == 0 || _state.KeptRows < _state.Settings.Reference.Rows)
            return;
        var batch = new RowBatch();
        foreach (var (_, rows) in _state.Kept)
            RowBatchCodec.DecodeInto(rows, batch);
        await FillLabelsAsync(batch, cancellationToken);
        var plan = PlanBuilder.Build(_state.NextPlan, batch, _state.Settings);
        _state.Begin(plan, ReferenceProfiles.Build(batch, plan), Now);
        _state.Kept.Clear();
        _state.KeptRows = 0;
        await CompleteReferenceAsync(cancellationToken);
    }

    /// <summary>Labels that came for kept rows by prediction id become part of the reference.</summary>
    private async Task FillLabelsAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        var rowOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.Id(row) >= 0 && batch.Label.Tag(row) == CellTag.Missing)
                rowOf.TryAdd(batch.Texts.GetString(batch.Id(row)), row);
        }

        if (rowOf.Count == 0)
            return;
        foreach (var (id, label) in await _services.Predictions.FindLabelsAsync(_id, rowOf.Keys, cancellationToken))
            SetOutput(batch, batch.Label, rowOf[id], label.Label);
    }

    /// <summary>
    /// A plan only counts once a snapshot holds it: entries after that snapshot are all made under it. When the snapshot cannot be
    /// written, the state is read again, without the new reference, before anything else happens.
    /// </summary>
    private async Task CompleteReferenceAsync(CancellationToken cancellationToken)
    {
        Publish(new VerdictChange { Kind = "reference", At = Now });
        await SaveAsync();
        _unevaluated = true;
        LogReferenceFixed(_id, _state.Plan!.Version, _state.Reference[PaneStore.AllRows].Rows);
        ScheduleEvaluation();
        await ReportStatusAsync(cancellationToken);
    }

    private async Task<ReferenceCopy> CopyFromAsync(string name, CancellationToken cancellationToken)
    {
        if (!ModelId.TryCreate(_id.Tenant, name, out var other))
            throw Invalid("reference.model", $"is '{name}', which is no model name");
        if (other == _id)
            throw Invalid("reference.model", "is the model itself, must be another one");
        return await _services.Engine().Model(other).CopyReferenceAsync(cancellationToken)
            ?? throw new DriftException(DriftError.Conflict, $"Model {other} has no reference yet that could be used.");
    }

    private void AdoptReference(ReferenceCopy copy)
    {
        var plan = Plan.Decode(copy.Plan).WithVersion(_state.NextPlan);
        var reader = new ByteReader(copy.Profile, "reference");
        var reference = ModelSnapshot.ReadReference(ref reader, plan);
        var kept = _state.Kept.ToList();
        _state.Kept.Clear();
        _state.KeptRows = 0;
        _state.Begin(plan, reference, Now);
        foreach (var (at, rows) in kept)
            Merge(_state, Delta.Decode(new Profiler().Bin(Decode(rows), plan, at), plan));
    }

    private static bool NeedsNewPlan(ModelSettings before, ModelSettings after) =>
        before.Task != after.Task
        || before.Positive != after.Positive
        || !before.Segments.SequenceEqual(after.Segments)
        || !SameTypes(before, after);

    private static bool SameTypes(ModelSettings before, ModelSettings after)
    {
        static IEnumerable<(string, ColumnType?)> Types(ModelSettings settings) =>
            (settings.Features ?? new Dictionary<string, FeatureSettings>()).Select(f => (f.Key, f.Value.Type)).OrderBy(f => f.Key, StringComparer.Ordinal);
        return Types(before).SequenceEqual(Types(after));
    }

    private static void RequireUsable(Plan plan)
    {
        var usable = plan.Columns.Where(c => c.Role is ColumnRole.Feature or ColumnRole.Prediction).Any(c => c switch
        {
            NumericColumnPlan numeric => numeric.Scale.Count > 0,
            CategoricalColumnPlan categorical => categorical.Names.Count > 0,
            _ => true,
        });
        if (!usable)
            throw new DriftException(DriftError.Invalid, "The reference has no value in any feature or prediction: all cells are missing. Send rows with values.");
    }

    /// <summary>The profiles to compare with: fixed, or for a rolling reference those of its days.</summary>
    private Dictionary<string, Profile> CurrentReference()
    {
        var settings = _state.Settings.Reference;
        if (settings.Mode != ReferenceMode.Rolling || _state.Panes is not { } panes)
            return _state.Reference;
        var to = Now - TimeSpan.FromDays(settings.LagDays);
        var from = to - TimeSpan.FromDays(settings.Days);
        // Until the rolling days hold enough rows, the rows that fixed the bins stand in for them.
        return panes.MergeRange(PaneStore.AllRows, from, to).Rows < _state.Settings.MinRows
            ? _state.Reference
            : panes.Segments.ToDictionary(s => s, s => panes.MergeRange(s, from, to), StringComparer.Ordinal);
    }

    private ReferenceDescription DescribeReference()
    {
        var settings = _state.Settings.Reference;
        var reference = _state.Plan is null ? null : CurrentReference().GetValueOrDefault(PaneStore.AllRows);
        var rolls = reference is not null && settings.Mode == ReferenceMode.Rolling && !ReferenceEquals(reference, _state.Reference[PaneStore.AllRows]);
        return new ReferenceDescription
        {
            Model = _id.ToString(),
            Mode = settings.Mode,
            Status = _state.State,
            Plan = _state.Plan?.Version ?? 0,
            Rows = reference?.Rows ?? _state.KeptRows,
            From = rolls ? Now - TimeSpan.FromDays(settings.LagDays + settings.Days) : _state.ReferenceFrom,
            To = rolls ? Now - TimeSpan.FromDays(settings.LagDays) : _state.ReferenceTo,
            FixedAt = _state.ReferenceFixedAt,
            Warnings = reference is null ? [] : [.. Warnings(reference)],
        };
    }

    private IEnumerable<string> Warnings(Profile reference)
    {
        if (reference.Rows < _state.Settings.MinRows)
            yield return $"It has {reference.Rows} rows, fewer than min_rows ({_state.Settings.MinRows}): verdicts stay 'insufficient'.";
        foreach (var column in reference.Columns)
        {
            if (column is NumericProfile numeric)
            {
                if (numeric.Values == 0)
                    yield return $"Column '{numeric.Plan.Name}' has no value: it cannot be compared.";
                else if (numeric.Minimum == numeric.Maximum)
                    yield return $"Column '{numeric.Plan.Name}' is constant ({numeric.Minimum}): any other value is a drift.";
            }
            else if (column is CategoricalProfile categorical && categorical.Plan.Role != ColumnRole.Label)
            {
                if (categorical.Values == 0)
                    yield return $"Column '{categorical.Plan.Name}' has no value: it cannot be compared.";
                else if (categorical.Plan.Names.Count == 1)
                    yield return $"Column '{categorical.Plan.Name}' is constant ('{categorical.Plan.Names[0]}'): any other value is a drift.";
            }
        }
    }

    private static DriftException Invalid(string field, string message) =>
        new(DriftError.Invalid, $"{field} {message}.") { Fields = new Dictionary<string, string[]> { [field] = [message] } };
}
