using System.Text.Json.Serialization;
using Drift.Actors.Ports;

namespace Drift.Actors.Adapters;

/// <summary>
/// What a deployer is asked to do: the body of an outbox entry of kind <see cref="LoadKind"/> or <see cref="UnloadKind"/> to
/// <see cref="DestinationOf"/>, whose id is <see cref="Id"/>. The deployer answers with
/// <see cref="IAdapterCatalogActor.ReportDeploymentAsync"/>. A version has one request under way at a time.
/// </summary>
public sealed record DeploymentRequest
{
    /// <summary>The deployer that asks nobody.</summary>
    public const string NoDeployer = "none";

    /// <summary>The <see cref="OutboxEntry.Kind"/> of a request to load.</summary>
    public const string LoadKind = "adapter.load";

    /// <summary>The <see cref="OutboxEntry.Kind"/> of a request to unload.</summary>
    public const string UnloadKind = "adapter.unload";

    /// <summary>What destinations of deployers begin with.</summary>
    public const string DestinationPrefix = "deployer:";

    /// <summary>The id of the request: 32 hexadecimal digits. The id of the outbox entry too.</summary>
    [JsonPropertyName("id")]
    public string Id { get; init; } = "";

    /// <summary>The tenant.</summary>
    [JsonPropertyName("tenant")]
    public string Tenant { get; init; } = "";

    /// <summary>The base model.</summary>
    [JsonPropertyName("base_model")]
    public string BaseModel { get; init; } = "";

    /// <summary>The version.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = "";

    /// <summary>Its name in the serving engine.</summary>
    [JsonPropertyName("lora_name")]
    public string LoraName { get; init; } = "";

    /// <summary>Where its weights are; null when that was never said.</summary>
    [JsonPropertyName("artifact_uri")]
    public string? ArtifactUri { get; init; }

    /// <summary>The deployer.</summary>
    [JsonPropertyName("deployer")]
    public string Deployer { get; init; } = "";

    /// <summary>The outbox destination of a deployer.</summary>
    public static string DestinationOf(string deployer) => DestinationPrefix + deployer;
}
