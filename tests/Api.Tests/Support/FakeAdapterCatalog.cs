using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Core.Adapters;

namespace Drift.Api.Tests.Support;

/// <summary>The LoRA versions of a base model in memory, under the real table of transitions; deployments end when the test says so.</summary>
internal sealed class FakeAdapterCatalog(string tenant, string baseModel) : IAdapterCatalogActor
{
    private readonly Dictionary<string, AdapterDescription> _adapters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requests = new(StringComparer.Ordinal);

    /// <summary>What was asked for and done, as <c>version: command</c>.</summary>
    public List<string> Done { get; } = [];

    /// <summary>The changes that were asked for.</summary>
    public List<AdapterChange> Changes { get; } = [];

    /// <summary>Thrown by the next call, when set.</summary>
    public Exception? Failure { get; set; }

    public IReadOnlyDictionary<string, AdapterDescription> Adapters => _adapters;

    /// <summary>The deployer is done.</summary>
    public void Loaded(string version) => Move(version, AdapterCommand.Loaded);

    public Task<AdapterDescription> RegisterAsync(AdapterRegistration registration, string by, CancellationToken cancellationToken = default)
    {
        Fail();
        if (!_adapters.TryGetValue(registration.Version, out var adapter))
        {
            _adapters[registration.Version] = adapter = new AdapterDescription
            {
                Tenant = tenant,
                BaseModel = baseModel,
                Version = registration.Version,
                Model = registration.Model,
                Deployer = registration.Deployer ?? DeploymentRequest.NoDeployer,
                ArtifactUri = registration.ArtifactUri,
                Training = registration.Training,
                Metadata = registration.Metadata,
                State = registration.State,
            };
            Done.Add($"{registration.Version}: registered by {by}");
        }

        return Task.FromResult(adapter);
    }

    public Task<AdapterDescription> ChangeAsync(AdapterChange change, CancellationToken cancellationToken = default)
    {
        Fail();
        Changes.Add(change);
        if (change.RequestId is { } id && !_requests.Add($"{change.Version} {id}"))
            return Task.FromResult(_adapters[change.Version]);
        return Task.FromResult(Move(change.Version, change.Command));
    }

    public Task<AdapterDescription> GetAsync(string version, CancellationToken cancellationToken = default)
    {
        Fail();
        return Task.FromResult(Find(version));
    }

    public Task<IReadOnlyList<AdapterDescription>> ListAsync(CancellationToken cancellationToken = default)
    {
        Fail();
        return Task.FromResult<IReadOnlyList<AdapterDescription>>([.. _adapters.Values]);
    }

    public Task<bool> ReportDeploymentAsync(DeploymentReport report, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AdapterPolicy> GetPolicyAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AdapterPolicy> SetPolicyAsync(AdapterPolicy policy, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AdapterComparison> CompareAsync(IReadOnlyList<string> versions, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private AdapterDescription Move(string version, AdapterCommand command)
    {
        var adapter = Find(version);
        if (AdapterLifecycle.Next(new AdapterPhase(adapter.State, adapter.Role), command) is not { } next)
            throw new DriftException(DriftError.Conflict, $"'{version}' cannot {command} while it is {adapter.State}.");
        Done.Add($"{version}: {command}");
        return _adapters[version] = adapter with { State = next.State, Role = next.Role };
    }

    private AdapterDescription Find(string version) => _adapters.TryGetValue(version, out var adapter)
        ? adapter
        : throw new DriftException(DriftError.NotFound, $"The base model '{baseModel}' has no version '{version}'.");

    private void Fail()
    {
        if (Failure is not { } failure)
            return;
        Failure = null;
        throw failure;
    }
}
