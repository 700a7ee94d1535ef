using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Adapters;
using Drift.Core.Detection;

namespace Drift.Actors.Adapters;

/// <summary>
/// One change of a base model's LoRA versions: decides on a copy of what is stored, and gathers what is to be stored with it. Nothing of it
/// counts before it is durable; one that fails is thrown away.
/// </summary>
internal sealed class CatalogChange
{
    /// <summary>The most versions of a base model: all are held in one snapshot.</summary>
    public const int MaxVersions = 1_000;

    private const int RememberedRequests = 20;

    // A server that loses a version again and again is asked ever more rarely; one that kept it for longer than the latter is as good as new.
    private static readonly TimeSpan FirstReloadPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestReloadPause = TimeSpan.FromMinutes(30);

    private readonly string _tenant;
    private readonly string _base;
    private readonly DateTimeOffset _now;
    private readonly List<AdapterVersion> _versions;
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly List<AdapterTransition> _transitions = [];
    private readonly List<AdapterPerformancePoint> _points = [];
    private readonly List<OutboxEntry> _requests = [];
    private readonly List<(AlertEvent Event, Alert Alert, string Version)> _alerts = [];
    private AdapterPolicy _policy;
    private long _sequence;
    private bool _policyChanged;

    public CatalogChange(string tenant, string baseModel, CatalogSnapshot before, DateTimeOffset now)
    {
        _tenant = tenant;
        _base = baseModel;
        _now = now;
        _policy = before.Policy;
        _sequence = before.Sequence;
        _versions = [.. before.Versions.Select(v => v with { })];
    }

    public bool HasChanged => _touched.Count > 0 || _policyChanged || _points.Count > 0;

    public AdapterPolicy Policy => _policy;

    public IReadOnlyList<AdapterVersion> Versions => _versions;

    public AdapterVersion? Champion => _versions.Find(v => v.Phase.IsChampion);

    /// <summary>The canary that serves.</summary>
    public AdapterVersion? Canary => _versions.Find(v => v.State == AdapterState.Serving && v.Role == AdapterRole.Canary);

    public IReadOnlyList<AdapterTransition> Transitions => _transitions;

    /// <summary>Alerts that began, changed or are over with it.</summary>
    public IReadOnlyList<(AlertEvent Event, Alert Alert, string Version)> Alerts => _alerts;

    public CatalogSnapshot After() => new() { Sequence = _sequence, Policy = _policy, Versions = _versions };

    /// <summary>What is to be stored with the snapshot. A champion that ends is written before the one that begins.</summary>
    public SnapshotEffects Effects(IReadOnlyList<Alert> alerts, IEnumerable<OutboxEntry> messages) =>
        new(alerts, [.. _requests, .. messages])
        {
            Adapters = new AdapterEffects(
                _tenant,
                _base,
                [.. _versions.Where(v => _touched.Contains(v.Version)).OrderBy(v => v.Phase.IsChampion).Select(v => v.Describe(_tenant, _base))],
                _transitions,
                _points),
        };

    public AdapterVersion Find(string version) =>
        _versions.Find(v => v.Version == version)
        ?? throw new DriftException(DriftError.NotFound, $"There is no version '{version}' of base model {_base}. GET /v1/adapters?base={Uri.EscapeDataString(_base)} lists them.");

    public void SetPolicy(AdapterPolicy policy)
    {
        _policy = policy;
        _policyChanged = true;
    }

    public void Add(AdapterPerformancePoint point) => _points.Add(point);

    /// <summary>Marks a version as one to be written.</summary>
    public AdapterVersion Touch(AdapterVersion version)
    {
        _touched.Add(version.Version);
        return version;
    }

    public AdapterVersion Register(AdapterRegistration registration, string by)
    {
        var fingerprint = FingerprintOf(registration);
        if (_versions.Find(v => v.Version == registration.Version) is { } known)
        {
            return known.Fingerprint == fingerprint
                ? known
                : throw new DriftException(
                    DriftError.Conflict, $"Version '{known.Version}' of base model {_base} is registered already, with other content. Register it under another version.");
        }

        if (_versions.Count >= MaxVersions)
        {
            throw new DriftException(
                DriftError.Conflict, $"Base model {_base} has {_versions.Count} versions, and no more are possible. Use another name for the base model, such as {_base}-2.");
        }

        var version = new AdapterVersion
        {
            Version = registration.Version,
            Model = registration.Model,
            LoraName = registration.LoraName ?? registration.Version,
            Deployer = registration.Deployer ?? DeploymentRequest.NoDeployer,
            ArtifactUri = registration.ArtifactUri,
            Training = registration.Training,
            Metadata = registration.Metadata,
            Fingerprint = fingerprint,
            State = AdapterState.Registered,
            CreatedAt = _now,
        };
        _versions.Add(version);
        Record(version, null, null, version.Phase, by, null);
        if (registration.State is AdapterState.Training or AdapterState.Trained)
            Apply(version, AdapterCommand.Train, by, "registered as training or trained");
        if (registration.State == AdapterState.Trained)
            Apply(version, AdapterCommand.Trained, by, "registered as trained");
        return version;
    }

    /// <summary>A caller's wish.</summary>
    public AdapterVersion Change(AdapterChange change)
    {
        var version = Find(change.Version);
        if (change.RequestId is { } id)
        {
            if (version.Requests.Contains(id))
                return version;
            version.Requests = [.. version.Requests.TakeLast(RememberedRequests - 1), id];
        }

        RequireAllowed(version, change.Command);
        if (change.Training is { } training)
            version.Training = Merge(version.Training, training);
        if (change.ArtifactUri is { } artifact)
            version.ArtifactUri = artifact;
        if (change.Command is AdapterCommand.DeployCanary or AdapterCommand.DeployChampion)
            version.Share = change.Share;
        Apply(version, change.Command, change.By, change.Reason);
        return version;
    }

    /// <summary>What a deployer says; false when it changes nothing.</summary>
    public bool Report(DeploymentReport report)
    {
        if (_versions.Find(v => v.Version == report.Version) is not { Deployment: { } pending } version || pending.Id != report.DeploymentId)
            return false;
        var by = DeploymentRequest.DestinationOf(version.Deployer);
        switch (report.Outcome)
        {
            case DeploymentOutcome.Loaded when pending.Loads:
                Touch(version).Deployment = null;
                version.IsLoaded = true;
                if (version.State == AdapterState.Loading)
                    Apply(version, AdapterCommand.Loaded, by, report.Message);
                else if (version.State == AdapterState.Serving)
                    EndLoss(version);
                else
                    RequestUnload(version);
                return true;
            case DeploymentOutcome.Unloaded when !pending.Loads:
                Touch(version).Deployment = null;
                version.IsLoaded = false;
                if (version.State == AdapterState.Draining)
                    Apply(version, AdapterCommand.Unloaded, by, report.Message);
                if (version.ReturnsWhenUnloaded)
                    Reinstate(version, by);
                return true;
            case DeploymentOutcome.Failed:
                Touch(version).Deployment = null;
                if (version.State == AdapterState.Serving)
                {
                    RaiseLoss(version, report.Message);
                }
                else if (version.State != AdapterState.Loading && pending.Loads && version.IsLoaded)
                {
                    // It was to come back and is not wanted any more; of several servers some may hold it.
                    RequestUnload(version);
                }
                else if (version.State is AdapterState.Loading or AdapterState.Draining)
                {
                    Apply(version, AdapterCommand.Fail, by, report.Message, byDeployer: true);
                }
                else
                {
                    version.Message = report.Message;
                    version.UpdatedAt = _now;
                    version.ReturnsWhenUnloaded = false;
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>A server that was reached does not hold a version; false when it is not asked for again, or not yet.</summary>
    public bool ReportMissing(MissingReport report)
    {
        if (_versions.Find(v => v.Version == report.Version) is not { State: AdapterState.Serving, Deployment: null } version || version.Deployer != report.Deployer)
            return false;
        var before = version.Reload ?? new ReloadTrack();
        if (_now - before.At < before.Pause)
            return false;
        var again = _now - before.At < 2 * LongestReloadPause;
        var pause = again ? 2 * before.Pause : FirstReloadPause;
        var next = new ReloadTrack { Count = before.Count + 1, At = _now, Pause = pause < LongestReloadPause ? pause : LongestReloadPause };
        Touch(version).Reload = next;
        version.Message = "its server does not hold it any more; it is loaded again";
        version.UpdatedAt = _now;
        // No transition, so the sequence alone would give the id of the request before.
        Request(version, loads: true, $"load/{next.Count}");
        return true;
    }

    /// <summary>Leads a version on, with all that follows.</summary>
    public void Apply(AdapterVersion version, AdapterCommand command, string by, string? reason, bool byDeployer = false)
    {
        var from = version.Phase;
        var to = AdapterLifecycle.Next(from, command)
            ?? throw new InvalidOperationException($"{version.Version}: {command} is not possible from {from}.");
        // Before the new champion's transition, so that at no point of the record there are two.
        if (to.IsChampion)
        {
            version.Replaced = Champion?.Version;
            if (Champion is { } replaced)
                Apply(replaced, AdapterCommand.Replace, by, $"{version.Version} becomes champion");
            // A younger decision than that of their return.
            foreach (var returning in _versions.Where(v => v.ReturnsWhenUnloaded))
                Touch(returning).ReturnsWhenUnloaded = false;
        }

        Record(version, command, from, to, by, reason);
        CloseAlert(version);
        // Its comparison is over; what came of it is kept.
        version.Canary = null;
        version.WasTrained |= to.State == AdapterState.Trained;
        switch (to.State)
        {
            case AdapterState.Loading:
                RequestLoad(version);
                break;
            case AdapterState.Serving:
                if (from.State == AdapterState.Loading)
                    version.DeployedAt = _now;
                if (to.IsChampion)
                    RestartComparison();
                else
                    BeginComparison(version);
                break;
            case AdapterState.Draining:
            case AdapterState.Retired:
                RequestUnload(version);
                break;
            case AdapterState.Failed:
                version.ReturnsWhenUnloaded = false;
                RaiseAlert(version, from, reason);
                if (!byDeployer)
                    RequestUnload(version);
                break;
            case AdapterState.RolledBack:
                RaiseAlert(version, from, reason);
                RequestUnload(version);
                if (from.IsChampion)
                    ReinstateBefore(version, by);
                break;
        }

        // One that is replaced has its successor's transition behind it.
        if (from.IsChampion && command != AdapterCommand.Replace)
            RestartComparison();
    }

    private void RequireAllowed(AdapterVersion version, AdapterCommand command)
    {
        if (AdapterLifecycle.Next(version.Phase, command) is not { } to)
        {
            var allowed = AdapterLifecycle.Allowed(version.Phase);
            throw new DriftException(
                DriftError.Conflict,
                $"Version '{version.Version}' of base model {_base} is {Words.Of(version.Phase)}: '{Words.Of(command)}' is not possible. "
                + (allowed.Count == 0 ? "Nothing is, its life is over." : $"Possible: {string.Join(", ", allowed.Select(Words.Of))}."));
        }

        if (command == AdapterCommand.Validate && !version.WasTrained)
            throw Conflict(version, "was never trained: retire it and register another version");
        if (to.State == AdapterState.Loading && version.Deployment is { } pending)
        {
            throw Conflict(
                version,
                $"has a request under way that deployer '{version.Deployer}' has not answered, {pending.Id}. Wait for it, or send it again with POST /v1/outbox/{pending.Id}/redeliver");
        }

        if (command == AdapterCommand.DeployCanary && _versions.Find(v => v.Phase.IsCanary) is { } canary)
            throw Conflict(version, $"cannot be canary: version '{canary.Version}' is, promote it or roll it back first");
        if (command is AdapterCommand.DeployChampion or AdapterCommand.Promote
            && _versions.Find(v => v.Phase == new AdapterPhase(AdapterState.Loading, AdapterRole.Champion)) is { } coming)
        {
            throw Conflict(version, $"cannot be champion: version '{coming.Version}' is on its way there. Wait for it, or fail it first");
        }
    }

    private DriftException Conflict(AdapterVersion version, string why) =>
        new(DriftError.Conflict, $"Version '{version.Version}' of base model {_base} {why}.");

    private void Record(AdapterVersion version, AdapterCommand? command, AdapterPhase? from, AdapterPhase to, string by, string? reason)
    {
        _sequence++;
        _transitions.Add(new AdapterTransition
        {
            Version = version.Version,
            Sequence = _sequence,
            At = _now,
            Command = command,
            From = from?.State,
            FromRole = from?.Role,
            To = to.State,
            ToRole = to.Role,
            By = by,
            Reason = reason,
        });
        Touch(version).State = to.State;
        version.Role = to.Role;
        version.UpdatedAt = _now;
        version.Sequence = _sequence;
        version.Message = reason;
    }

    private void RequestLoad(AdapterVersion version)
    {
        if (version.Deployer == DeploymentRequest.NoDeployer)
        {
            version.IsLoaded = true;
            Apply(version, AdapterCommand.Loaded, DeploymentRequest.DestinationOf(version.Deployer), null);
            return;
        }

        Request(version, loads: true);
    }

    /// <summary>Asks for a version to be unloaded that is, as far as is known; answered later when a request is under way.</summary>
    private void RequestUnload(AdapterVersion version)
    {
        if (version.Deployer == DeploymentRequest.NoDeployer)
            version.IsLoaded = false;
        else if (version.IsLoaded && version.Deployment is null)
            Request(version, loads: false);
        if (version.State == AdapterState.Draining && version.Deployment is null)
            Apply(version, AdapterCommand.Unloaded, DeploymentRequest.DestinationOf(version.Deployer), null);
    }

    private void Request(AdapterVersion version, bool loads, string? what = null)
    {
        var id = IdOf(what ?? (loads ? "load" : "unload"), version);
        Touch(version).Deployment = new PendingDeployment { Id = id, Loads = loads };
        _requests.Add(new OutboxEntry
        {
            Id = id,
            Tenant = _tenant,
            Kind = loads ? DeploymentRequest.LoadKind : DeploymentRequest.UnloadKind,
            Destination = DeploymentRequest.DestinationOf(version.Deployer),
            Subject = version.Version,
            Payload = JsonSerializer.SerializeToUtf8Bytes(
                new DeploymentRequest
                {
                    Id = id,
                    Tenant = _tenant,
                    BaseModel = _base,
                    Version = version.Version,
                    LoraName = version.LoraName,
                    ArtifactUri = version.ArtifactUri,
                    Deployer = version.Deployer,
                },
                DeploymentJson.Default.DeploymentRequest),
            CreatedAt = _now,
            QueuedAt = _now,
            NextAttemptAt = _now,
        });
    }

    /// <summary>The champion was taken back: the one that it replaced returns, when that ended in good order and nobody else is on the way.</summary>
    private void ReinstateBefore(AdapterVersion rolledBack, string by)
    {
        if (_versions.Exists(v => v.Phase == new AdapterPhase(AdapterState.Loading, AdapterRole.Champion)))
            return;
        if (_versions.Find(v => v.Version == rolledBack.Replaced) is not { State: AdapterState.Draining or AdapterState.Retired } previous)
            return;
        if (previous.State == AdapterState.Draining || previous.Deployment is not null)
            Touch(previous).ReturnsWhenUnloaded = true;
        else
            Reinstate(previous, by);
    }

    private void Reinstate(AdapterVersion version, string by)
    {
        version.ReturnsWhenUnloaded = false;
        if (version.State == AdapterState.Retired)
            Apply(version, AdapterCommand.Reinstate, by, "the champion after it was rolled back");
    }

    private void BeginComparison(AdapterVersion canary)
    {
        canary.Canary = Champion is { } champion ? new CanaryTrack { Champion = champion.Version, Since = _now } : null;
        canary.CanaryStatus = new CanaryStatus
        {
            Champion = Champion?.Version,
            Since = _now,
            Message = Champion is null ? "there is no champion to compare it with" : null,
        };
    }

    /// <summary>There is another champion, or none: what was counted against the one before says nothing of it.</summary>
    private void RestartComparison()
    {
        if (Canary is { } canary)
            BeginComparison(Touch(canary));
    }

    private void RaiseAlert(AdapterVersion version, AdapterPhase from, string? reason)
    {
        // What fails before it was to serve is the trainer's news.
        if (from.State is not (AdapterState.Loading or AdapterState.Serving or AdapterState.Draining))
            return;
        var rolledBack = version.State == AdapterState.RolledBack;
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"LoRA version {version.Version} of {_base} {(rolledBack ? "was rolled back" : $"failed while it was {Words.Of(from)}")}{(reason is null ? "" : $": {reason}")}");
        RaiseAlert(version, from.Role, summary);
    }

    /// <summary>It serves, its server lost it, and it could not be loaded again: people are told once, and it is tried again after the pause.</summary>
    private void RaiseLoss(AdapterVersion version, string? reason)
    {
        version.Message = reason;
        version.UpdatedAt = _now;
        if (version.Alert is null)
            RaiseAlert(version, version.Role, $"LoRA version {version.Version} of {_base} was lost by its server and could not be loaded again: {reason}");
    }

    private void EndLoss(AdapterVersion version)
    {
        version.Message = "loaded again after its server had lost it";
        version.UpdatedAt = _now;
        CloseAlert(version);
    }

    private void RaiseAlert(AdapterVersion version, AdapterRole? role, string summary)
    {
        var alert = new Alert
        {
            Id = IdOf("alert", version),
            Tenant = _tenant,
            Kind = AlertKind.Adapter,
            Model = version.Model,
            Severity = role == AdapterRole.Champion ? Severity.Critical : Severity.Moderate,
            Summary = summary.Length <= 1_000 ? summary : summary[..1_000],
            Sequence = 1,
            OpenedAt = _now,
            UpdatedAt = _now,
        };
        version.Alert = alert;
        _alerts.Add((AlertEvent.Opened, alert, version.Version));
    }

    private void CloseAlert(AdapterVersion version)
    {
        if (version.Alert is not { } open)
            return;
        version.Alert = null;
        var over = open with { Sequence = open.Sequence + 1, UpdatedAt = _now, ResolvedAt = _now, Resolution = $"the version is {Words.Of(version.Phase)}" };
        _alerts.Add((AlertEvent.Resolved, over, version.Version));
    }

    // The same each time it is computed for the same transition of the same version, and never again for another.
    private string IdOf(string what, AdapterVersion version)
    {
        var name = Encoding.UTF8.GetBytes($"{ActorKey.Adapter(_tenant, _base, version.Version)}/{what}");
        var bytes = new byte[16 + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, version.CreatedAt.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), _sequence);
        name.CopyTo(bytes, 16);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }

    private static string FingerprintOf(AdapterRegistration registration) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        registration with { Metadata = new SortedDictionary<string, string>(registration.Metadata.ToDictionary(), StringComparer.Ordinal) },
        RegistrationJson.Default.AdapterRegistration)));

    private static AdapterTraining Merge(AdapterTraining known, AdapterTraining more) => new()
    {
        TrainingJobId = more.TrainingJobId ?? known.TrainingJobId,
        Rank = more.Rank ?? known.Rank,
        Alpha = more.Alpha ?? known.Alpha,
        Dropout = more.Dropout ?? known.Dropout,
        NumEpochs = more.NumEpochs ?? known.NumEpochs,
        LearningRate = more.LearningRate ?? known.LearningRate,
        BatchSize = more.BatchSize ?? known.BatchSize,
        TrainingLoss = more.TrainingLoss ?? known.TrainingLoss,
        ValidationLoss = more.ValidationLoss ?? known.ValidationLoss,
        TrainingTimeSeconds = more.TrainingTimeSeconds ?? known.TrainingTimeSeconds,
    };
}
