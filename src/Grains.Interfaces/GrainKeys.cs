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

    /// <summary>The grain type of models' triggers; never changes.</summary>
    public const string TriggerType = "trigger";

    /// <summary>The grain type of training runs; never changes.</summary>
    public const string TrainingType = "training";

    /// <summary>The key of the grain that lists GPU nodes; there is one.</summary>
    public const string GpuCatalog = ActorKey.GpuCatalog;

    /// <summary>The key of a model's grain.</summary>
    public static string Model(ModelId model) => ActorKey.Model(model);

    /// <summary>The key of a catalog's grain.</summary>
    public static string Catalog(string tenant) => ActorKey.Catalog(tenant);

    /// <summary>The key of a GPU node's grain.</summary>
    public static string Gpu(string node) => ActorKey.Gpu(node);

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

    /// <summary>The key of the grain of a model's triggers.</summary>
    public static string Trigger(ModelId model) => ActorKey.Trigger(model);

    /// <summary>The key of a training run's grain.</summary>
    public static string Training(string tenant, string run) => ActorKey.Training(tenant, run);

    /// <summary>The model of the key of a grain of triggers.</summary>
    /// <exception cref="ArgumentException">It is no key of triggers.</exception>
    public static ModelId TriggerModelOf(string key) =>
        key.Split('/') is ["trigger", var tenant, var model] ? ModelId.Create(tenant, model) : throw new ArgumentException($"'{key}' is no key of a model's triggers.", nameof(key));

    /// <summary>The tenant and the id of a training run's grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a training run.</exception>
    public static (string Tenant, string Run) TrainingOf(string key) =>
        key.Split('/') is ["training", var tenant, var run] ? (tenant, run) : throw new ArgumentException($"'{key}' is no key of a training run.", nameof(key));
}
