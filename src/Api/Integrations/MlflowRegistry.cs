using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Api.Errors;
using Drift.Api.Options;
using Drift.Api.Wire;
using Drift.Core.Adapters;
using Microsoft.Extensions.Options;

namespace Drift.Api.Integrations;

/// <summary>
/// Maps MLflow's model registry to the life of adapters: a version that is created is registered, the alias <c>challenger</c> deploys it as canary,
/// <c>champion</c> makes it the champion, and an alias that is deleted takes it back. Each wish carries the delivery's id, so that one that comes again
/// changes nothing. Thread-safe.
/// </summary>
internal sealed class MlflowRegistry(IDriftEngine engine, IOptions<MlflowOptions> options)
{
    /// <summary>Who the transitions say that it was.</summary>
    public const string By = "mlflow";

    private const string Champion = "champion";
    private const string Challenger = "challenger";

    // Where weights are that a serving engine can read, when 'source' is not.
    private const string ArtifactTag = "artifact_uri";
    private const string NameKey = "mlflow.name";
    private const string VersionKey = "mlflow.version";
    private const int MaxTags = 40;
    private const int MaxTagCharacters = 1_500;

    /// <summary>Does what an event asks for.</summary>
    /// <exception cref="DriftException">It does not fit the adapter's state, or cannot be done now.</exception>
    public async Task<IntegrationReceipt> TakeAsync(string delivery, MlflowEvent change, CancellationToken cancellationToken)
    {
        if (change.Kind is not ("model_version.created" or "model_version_alias.created" or "model_version_alias.deleted"))
            return Ignored(delivery, $"{change.Kind} changes no adapter");
        if (change.Name is not { } name)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "data.name", "is missing, it must be the name of a registered model");
        if (!options.Value.Models.TryGetValue(name, out var model))
            return Ignored(delivery, $"{MlflowOptions.SectionName}:{nameof(MlflowOptions.Models)} has no '{name}'");
        var catalog = engine.Adapters(options.Value.Tenant, model.BaseModel!);
        if (change.Kind == "model_version.created")
            return await RegisterAsync(catalog, delivery, change, name, model, cancellationToken);
        if (change.Alias is not (Champion or Challenger))
            return Ignored(delivery, $"the alias '{change.Alias}' changes no adapter, {Champion} and {Challenger} do");
        return change.Kind == "model_version_alias.created"
            ? await DeployAsync(catalog, delivery, change.Alias == Champion ? AdapterRole.Champion : AdapterRole.Canary, VersionOf(change, model), cancellationToken)
            : await TakeBackAsync(catalog, delivery, change.Alias == Champion ? AdapterRole.Champion : AdapterRole.Canary, name, cancellationToken);
    }

    private static async Task<IntegrationReceipt> RegisterAsync(
        IAdapterCatalogActor catalog, string delivery, MlflowEvent change, string name, MlflowModel model, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [NameKey] = name, [VersionKey] = change.Version ?? "" };
        var left = MaxTagCharacters;
        foreach (var (tag, value) in change.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Take(MaxTags))
        {
            if (tag != ArtifactTag && (left -= tag.Length + value.Length) >= 0)
                metadata.TryAdd(tag, value);
        }

        var version = VersionOf(change, model);
        var registered = await catalog.RegisterAsync(
            new AdapterRegistration
            {
                Version = version,
                Model = model.Model,
                Deployer = model.Deployer,
                ArtifactUri = change.Tags.GetValueOrDefault(ArtifactTag) ?? change.Source,
                Training = new AdapterTraining { TrainingJobId = change.RunId },
                Metadata = metadata,
                State = AdapterState.Trained,
            },
            By,
            cancellationToken);
        return Done(delivery, registered);
    }

    /// <summary>Leads a version to serving, step by step from where it is; what MLflow gives an alias has passed its checks there.</summary>
    private static async Task<IntegrationReceipt> DeployAsync(
        IAdapterCatalogActor catalog, string delivery, AdapterRole role, string version, CancellationToken cancellationToken)
    {
        var adapter = await catalog.GetAsync(version, cancellationToken);
        while (Next(adapter, role) is { } command)
        {
            var before = adapter;
            adapter = await ChangeAsync(catalog, delivery, version, command, role == AdapterRole.Champion ? Champion : Challenger, "set", cancellationToken);
            if (adapter.State == before.State && adapter.Role == before.Role)
                break;
        }

        return Done(delivery, adapter);
    }

    /// <summary>What brings a version nearer to serving in a role; null when it does or is on its way.</summary>
    /// <exception cref="DriftException">It is loaded as canary and cannot be champion yet.</exception>
    private static AdapterCommand? Next(AdapterDescription adapter, AdapterRole role) => adapter.State switch
    {
        AdapterState.Trained or AdapterState.Failed => AdapterCommand.Validate,
        AdapterState.Validating => AdapterCommand.Ready,
        AdapterState.Ready => role == AdapterRole.Champion ? AdapterCommand.DeployChampion : AdapterCommand.DeployCanary,
        AdapterState.Loading or AdapterState.Serving when adapter.Role == role => null,
        // A champion that is called challenger stays what it is.
        AdapterState.Serving when role == AdapterRole.Canary => null,
        AdapterState.Serving => AdapterCommand.Promote,
        AdapterState.Loading => throw new DriftException(
            DriftError.Unavailable, $"The adapter '{adapter.Version}' is still being loaded as {(adapter.Role == AdapterRole.Canary ? "canary" : "champion")}; send the delivery again in a while."),
        // The catalog says what can be done instead.
        _ => role == AdapterRole.Champion ? AdapterCommand.DeployChampion : AdapterCommand.DeployCanary,
    };

    /// <summary>MLflow does not say whose alias was deleted: it is the version of that registered model that serves in the alias's role.</summary>
    private static async Task<IntegrationReceipt> TakeBackAsync(
        IAdapterCatalogActor catalog, string delivery, AdapterRole role, string name, CancellationToken cancellationToken)
    {
        var alias = role == AdapterRole.Champion ? Champion : Challenger;
        var serving = (await catalog.ListAsync(cancellationToken)).FirstOrDefault(a =>
            a.State is AdapterState.Serving or AdapterState.Loading && a.Role == role && a.Metadata.GetValueOrDefault(NameKey) == name);
        if (serving is null)
            return Ignored(delivery, $"no version of '{name}' is {alias}");
        if (serving.State == AdapterState.Loading)
            throw new DriftException(DriftError.Unavailable, $"The adapter '{serving.Version}' is still being loaded; send the delivery again in a while.");
        // A canary is taken back; a champion that nobody follows ends in good order.
        var command = role == AdapterRole.Canary ? AdapterCommand.Rollback : AdapterCommand.Retire;
        return Done(delivery, await ChangeAsync(catalog, delivery, serving.Version, command, alias, "deleted", cancellationToken));
    }

    private static Task<AdapterDescription> ChangeAsync(
        IAdapterCatalogActor catalog, string delivery, string version, AdapterCommand command, string alias, string what, CancellationToken cancellationToken) =>
        catalog.ChangeAsync(
            new AdapterChange
            {
                Version = version, Command = command, By = By, Reason = $"MLflow: the alias '{alias}' was {what}.", RequestId = $"mlflow:{delivery}:{command}",
            },
            cancellationToken);

    private static string VersionOf(MlflowEvent change, MlflowModel model)
    {
        var version = model.Version.Replace("{version}", change.Version ?? "", StringComparison.Ordinal);
        return change.Version is not null && ModelId.IsName(version)
            ? version
            : throw ApiException.ForField(ErrorKind.InvalidRequest, "data.version", $"is '{Endpoints.Requests.Shorten(change.Version ?? "")}', which makes no name of an adapter");
    }

    private static IntegrationReceipt Done(string delivery, AdapterDescription adapter) => new()
    {
        DeliveryId = delivery,
        Outcome = "done",
        BaseModel = adapter.BaseModel,
        Version = adapter.Version,
        State = adapter.State,
        Role = adapter.Role,
    };

    private static IntegrationReceipt Ignored(string delivery, string why) => new() { DeliveryId = delivery, Outcome = "ignored", Detail = why };
}
