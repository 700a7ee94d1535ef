using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>
/// Types and keys of grains. A grain's key is its actor's key, so that grain state and journal speak of the same actor; the slash in it
/// keeps Orleans from reading it as a number or a GUID.
/// </summary>
public static class GrainKeys
{
    /// <summary>The grain type of models; part of the identity on the wire and in the directory, so it never changes.</summary>
    public const string ModelType = "model";

    /// <summary>The grain type of catalogs; never changes.</summary>
    public const string CatalogType = "catalog";

    /// <summary>The grain type of GPU nodes; never changes.</summary>
    public const string GpuType = "gpu";

    /// <summary>The grain type of the list of GPU nodes; never changes.</summary>
    public const string GpuCatalogType = "gpus";

    /// <summary>The grain type of a base model's LoRA versions; never changes.</summary>
    public const string AdaptersType = "adapters";

    /// <summary>The grain type of LoRA versions; never changes.</summary>
    public const string AdapterType = "adapter";

    /// <summary>The key of the grain that lists GPU nodes; there is one.</summary>
    public const string GpuCatalog = ActorKey.GpuCatalog;

    /// <summary>The key of a model's grain.</summary>
    public static string Model(ModelId model) => ActorKey.Model(model);

    /// <summary>The key of a catalog's grain.</summary>
    public static string Catalog(string tenant) => ActorKey.Catalog(tenant);

    /// <summary>The key of a GPU node's grain.</summary>
    public static string Gpu(string node) => ActorKey.Gpu(node);

    /// <summary>The key of the grain of a base model's LoRA versions.</summary>
    public static string Adapters(string tenant, string baseModel) => ActorKey.Adapters(tenant, baseModel);

    /// <summary>The key of a LoRA version's grain.</summary>
    public static string Adapter(string tenant, string baseModel, string version) => ActorKey.Adapter(tenant, baseModel, version);

    /// <summary>Tenant and base model of a grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a base model's LoRA versions.</exception>
    public static (string Tenant, string BaseModel) AdaptersOf(string key) =>
        key.Split('/') is ["adapters", var tenant, var baseModel]
            ? (tenant, Uri.UnescapeDataString(baseModel))
            : throw new ArgumentException($"'{key}' is no key of a base model's LoRA versions.", nameof(key));

    /// <summary>Tenant, base model and version of a grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a LoRA version.</exception>
    public static (string Tenant, string BaseModel, string Version) AdapterOf(string key) =>
        key.Split('/') is ["adapter", var tenant, var baseModel, var version]
            ? (tenant, Uri.UnescapeDataString(baseModel), version)
            : throw new ArgumentException($"'{key}' is no key of a LoRA version.", nameof(key));

    /// <summary>The model of a grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a model.</exception>
    public static ModelId ModelOf(string key) =>
        key.Split('/') is ["model", var tenant, var model] ? ModelId.Create(tenant, model) : throw new ArgumentException($"'{key}' is no key of a model.", nameof(key));

    /// <summary>The tenant of a catalog's grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a catalog.</exception>
    public static string TenantOf(string key) =>
        key.Split('/') is ["catalog", var tenant] ? tenant : throw new ArgumentException($"'{key}' is no key of a catalog.", nameof(key));

    /// <summary>The node of a GPU grain's key.</summary>
    /// <exception cref="ArgumentException">It is no key of a GPU node.</exception>
    public static string NodeOf(string key) =>
        key.Split('/') is ["gpu", var node] ? node : throw new ArgumentException($"'{key}' is no key of a GPU node.", nameof(key));
}
