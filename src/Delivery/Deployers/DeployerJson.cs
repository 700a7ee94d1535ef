using System.Text.Json.Serialization;
using Drift.Actors.Adapters;

namespace Drift.Delivery.Deployers;

/// <summary>What goes to deployers and comes back.</summary>
[JsonSerializable(typeof(DeploymentRequest))]
[JsonSerializable(typeof(LoadLora))]
[JsonSerializable(typeof(UnloadLora))]
[JsonSerializable(typeof(VllmModels))]
[JsonSerializable(typeof(VllmError))]
[JsonSerializable(typeof(DeploymentMessage))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class DeployerJson : JsonSerializerContext;

/// <summary>vLLM's request to load an adapter.</summary>
internal sealed record LoadLora(string LoraName, string LoraPath);

/// <summary>vLLM's request to unload one.</summary>
internal sealed record UnloadLora(string LoraName);

/// <summary>vLLM's list of models: base models and loaded adapters.</summary>
internal sealed record VllmModels(IReadOnlyList<VllmModel>? Data);

/// <summary>A model of the list; <c>Root</c> of an adapter is the path that it was loaded from.</summary>
internal sealed record VllmModel(string? Id, string? Root, string? Parent);

/// <summary>vLLM's error: newer ones have it under <c>error</c>, older ones at the top.</summary>
internal sealed record VllmError(VllmErrorDetail? Error, string? Message, string? Type);

/// <summary>The error itself.</summary>
internal sealed record VllmErrorDetail(string? Message, string? Type);

/// <summary>What a webhook is told.</summary>
/// <param name="Action"><c>load</c> or <c>unload</c>.</param>
/// <param name="Id">The id of the request, the same at each attempt.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="BaseModel">The base model.</param>
/// <param name="Version">The version.</param>
/// <param name="LoraName">Its name in the serving engine.</param>
/// <param name="ArtifactUri">Where its weights are, when that was said.</param>
internal sealed record DeploymentMessage(string Action, string Id, string Tenant, string BaseModel, string Version, string LoraName, string? ArtifactUri);
