namespace Drift.Actors;

/// <summary>
/// Builds the identities of actors; the only place that does. Every key starts with a word and a slash, so that none reads as a
/// hexadecimal integer or a GUID, which Orleans' ADO.NET storage would fold together.
/// </summary>
public static class ActorKey
{
    /// <summary>The key of a model: <c>model/tenant/model</c>.</summary>
    public static string Model(ModelId model) => $"model/{model.Tenant}/{model.Name}";

    /// <summary>The key of a tenant's catalog: <c>catalog/tenant</c>.</summary>
    public static string Catalog(string tenant) => $"catalog/{tenant}";

    /// <summary>The key of a node's GPUs: <c>gpu/node</c>.</summary>
    public static string Gpu(string node) => $"gpu/{node}";

    /// <summary>The key of a base model's LoRA versions: <c>adapters/tenant/base</c>; a base model's name may hold slashes and is escaped.</summary>
    public static string Adapters(string tenant, string baseModel) => $"adapters/{tenant}/{Uri.EscapeDataString(baseModel)}";

    /// <summary>The key of a LoRA version: <c>adapter/tenant/base/version</c>, the base escaped.</summary>
    public static string Adapter(string tenant, string baseModel, string version) => $"adapter/{tenant}/{Uri.EscapeDataString(baseModel)}/{version}";

    /// <summary>The key of the list of GPU nodes; there is one.</summary>
    public const string GpuCatalog = "gpus/all";
}
