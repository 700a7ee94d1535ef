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

    /// <summary>The key of a model's grain.</summary>
    public static string Model(ModelId model) => ActorKey.Model(model);

    /// <summary>The key of a catalog's grain.</summary>
    public static string Catalog(string tenant) => ActorKey.Catalog(tenant);

    /// <summary>The model of a grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a model.</exception>
    public static ModelId ModelOf(string key) =>
        key.Split('/') is ["model", var tenant, var model] ? ModelId.Create(tenant, model) : throw new ArgumentException($"'{key}' is no key of a model.", nameof(key));

    /// <summary>The tenant of a catalog's grain key.</summary>
    /// <exception cref="ArgumentException">It is no key of a catalog.</exception>
    public static string TenantOf(string key) =>
        key.Split('/') is ["catalog", var tenant] ? tenant : throw new ArgumentException($"'{key}' is no key of a catalog.", nameof(key));
}
