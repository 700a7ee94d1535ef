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

    /// <summary>The key of a model's triggers: <c>trigger/tenant/model</c>.</summary>
    public static string Trigger(ModelId model) => $"trigger/{model.Tenant}/{model.Name}";

    /// <summary>The key of a training run: <c>training/tenant/run</c>.</summary>
    public static string Training(string tenant, string run) => $"training/{tenant}/{run}";

    /// <summary>The key of the list of GPU nodes; there is one.</summary>
    public const string GpuCatalog = "gpus/all";
}
