using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Adapters;

/// <summary>
/// Decides about the LoRA versions of a base model. What it knows is one snapshot; each change of it is durable, with its rows, messages
/// and alerts in the same transaction, before anybody is answered. When another activation wrote, or it is unclear whether a write happened, the
/// snapshot is read again and the change decided afresh.
/// </summary>
public sealed partial class AdapterCatalogActor : IAdapterCatalogActor, IActor
{
    /// <summary>Who promotes and rolls back by policy, in transitions.</summary>
    public const string Policy = "policy";

    // Two activations that take turns are already one too many.
    private const int MostAttempts = 5;

    private readonly string _tenant;
    private readonly string _base;
    private readonly AdapterActorServices _services;
    private readonly ILogger<AdapterCatalogActor> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IActorContext? _context;
    private CatalogSnapshot _state = new();
    private long _snapshotVersion;
    private bool _stale = true;
    private bool _left;

    /// <summary>Creates the actor of a tenant's base model.</summary>
    public AdapterCatalogActor(string tenant, string baseModel, AdapterActorServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _tenant = tenant;
        _base = baseModel;
        _services = services;
        _logger = services.Logger;
    }

    private string Key => ActorKey.Adapters(_tenant, _base);

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <inheritdoc/>
    public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken)
    {
        _context = context;
        await ReloadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken)
    {
        _left = true;
        _services.Instruments.Remove(_tenant, _base);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default)
    {
        AdapterCheck.Refuse(AdapterCheck.FaultsOf(registration));
        return CommitAsync(change => change.Register(registration, by).Describe(_tenant, _base), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default)
    {
        AdapterCheck.Refuse(AdapterCheck.FaultsOf(change));
        return CommitAsync(c => c.Change(change).Describe(_tenant, _base), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        var kept = report with { Message = report.Message is { Length: > AdapterCheck.MaxReason } message ? message[..AdapterCheck.MaxReason] : report.Message };
        return CommitAsync(change => change.Report(kept), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> ReportMissingAsync(MissingReport report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        return CommitAsync(change => change.ReportMissing(report), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default) =>
        (await ReadAsync(cancellationToken)).Find(version).Describe(_tenant, _base);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await ReadAsync(cancellationToken)).Versions.Reverse().Select(v => v.Describe(_tenant, _base))];

    /// <inheritdoc/>
    public async Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => (await ReadAsync(cancellationToken)).Policy;

    /// <inheritdoc/>
    public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default)
    {
        AdapterCheck.Refuse(AdapterCheck.FaultsOf(policy));
        return CommitAsync(
            change =>
            {
                change.SetPolicy(policy);
                return policy;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(versions);
        var state = await ReadAsync(cancellationToken);
        var found = versions.Select(state.Find).ToList();
        var verdicts = await VerdictsAsync(found, cancellationToken);
        var compared = new List<ComparedAdapter>();
        foreach (var version in found)
        {
            compared.Add(new ComparedAdapter(version.Describe(_tenant, _base), await _services.Store.ReadLatestAsync(_tenant, _base, version.Version, cancellationToken))
            {
                Verdict = verdicts.GetValueOrDefault(version.Version),
            });
        }

        return new AdapterComparison { BaseModel = _base, Champion = state.Champion?.Version, Versions = compared };
    }

    /// <summary>What is stored, as a change that nobody makes.</summary>
    private async Task<CatalogChange> ReadAsync(CancellationToken cancellationToken)
    {
        if (_stale)
        {
            await _gate.WaitAsync(cancellationToken);
            try
            {
                if (_stale)
                    await ReloadAsync(cancellationToken);
            }
            finally
            {
                _gate.Release();
            }
        }

        return new CatalogChange(_tenant, _base, _state, Now);
    }

    /// <summary>Makes a change durable. When another activation wrote, <paramref name="decide"/> is asked again on what that left.</summary>
    private async Task<T> CommitAsync<T>(Func<CatalogChange, T> decide, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (_stale)
                    await ReloadAsync(cancellationToken);
                var change = new CatalogChange(_tenant, _base, _state, Now);
                var result = decide(change);
                if (!change.HasChanged)
                    return result;
                if (await SaveAsync(change))
                    return result;
                LogFenced(_tenant, _base, _snapshotVersion);
                if (attempt == MostAttempts)
                    throw new DriftException(DriftError.Unavailable, $"Another activation decides about the versions of base model {_base} at the same time. Send the request again.");
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<bool> SaveAsync(CatalogChange change)
    {
        var (alerts, messages) = await RouteAsync(change);
        var after = change.After();
        _stale = true;
        // A caller that goes away now must not leave it open whether its change was written.
        var version = await _services.States.SaveAsync(
            Key, _snapshotVersion, 0, after.Encode(), SnapshotCopies.Both, change.Effects(alerts, messages), CancellationToken.None);
        if (version is null)
            return false;
        _snapshotVersion = version.Value;
        _state = after;
        _stale = false;
        foreach (var transition in change.Transitions)
        {
            LogTransition(_tenant, _base, transition.Version, transition.From is { } from ? Words.Of(new AdapterPhase(from, transition.FromRole)) : "new", Words.Of(new AdapterPhase(transition.To, transition.ToRole)), transition.By, transition.Reason);
            _services.Instruments.Moved(_tenant, _base, transition.To);
        }

        Publish();
        // What the champion had counted before the canary came is told apart from what it counts from now on.
        if (change.Canary is { Canary.ChampionArm.Epoch.Length: 0 })
            _context?.SetTimer(TimeSpan.Zero, EvaluateUnaskedAsync);
        return true;
    }

    private async Task<(IReadOnlyList<Alert> Alerts, IReadOnlyList<OutboxEntry> Messages)> RouteAsync(CatalogChange change)
    {
        if (change.Alerts.Count == 0)
            return ([], []);
        var silences = await _services.Alerts.ListSilencesAsync(_tenant, Now, CancellationToken.None);
        var alerts = new List<Alert>();
        var messages = new List<OutboxEntry>();
        foreach (var (happened, alert, version) in change.Alerts)
        {
            var kept = change.Find(version);
            // The end is told to those who were told of the beginning.
            var told = happened == AlertEvent.Resolved ? kept.AlertTold : !Silence.Cover(silences, alert, Now);
            kept.AlertTold = told && happened != AlertEvent.Resolved;
            var recorded = alert with { Silenced = !told };
            alerts.Add(recorded);
            if (told)
                messages.AddRange(_services.AlertRouter.Route(recorded, happened));
        }

        return (alerts, messages);
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var stored = await _services.States.LoadAsync(Key, cancellationToken);
        _state = stored is null ? new CatalogSnapshot() : await DecodeAsync(stored, cancellationToken);
        _snapshotVersion = stored?.Version ?? 0;
        _stale = false;
        Publish();
    }

    private async Task<CatalogSnapshot> DecodeAsync(ActorSnapshot stored, CancellationToken cancellationToken)
    {
        try
        {
            return CatalogSnapshot.Decode(stored.Payload);
        }
        catch (JsonException e)
        {
            LogDamaged(_tenant, _base, stored.Version, e);
            try
            {
                // Every write makes both copies, so the other one says the same.
                if (await _services.States.LoadPreviousAsync(Key, cancellationToken) is { } copy && copy.Version == stored.Version)
                    return CatalogSnapshot.Decode(copy.Payload);
            }
            catch (JsonException)
            {
                // Both copies.
            }

            throw new DriftException(
                DriftError.Unavailable,
                $"The LoRA versions of base model {_base} cannot be served: both copies of snapshot {stored.Version} in actor_state, key {Key}, are damaged ({e.Message.TrimEnd('.')}). Restore the row from a backup.",
                e);
        }
    }

    private void Publish()
    {
        if (!_left)
            _services.Instruments.Publish(_tenant, _base, [.. _state.Versions.Select(v => v.Describe(_tenant, _base))]);
    }

    [LoggerMessage(EventId = 2300, EventName = "AdapterMoved", Level = LogLevel.Information, Message = "LoRA version {Version} of {Tenant}/{Base}: {From} → {To}, by {By}: {Reason}")]
    private partial void LogTransition(string tenant, string @base, string version, string from, string to, string by, string? reason);

    [LoggerMessage(EventId = 2301, EventName = "AdaptersFenced", Level = LogLevel.Warning, Message = "LoRA versions of {Tenant}/{Base}: another activation wrote snapshot {Snapshot} first; reading it and deciding again.")]
    private partial void LogFenced(string tenant, string @base, long snapshot);

    [LoggerMessage(EventId = 2302, EventName = "AdaptersDamaged", Level = LogLevel.Error, Message = "LoRA versions of {Tenant}/{Base}: snapshot {Snapshot} in actor_state is damaged. Check the disk.")]
    private partial void LogDamaged(string tenant, string @base, long snapshot, Exception exception);
}
