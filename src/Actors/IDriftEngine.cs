using Drift.Actors.Adapters;

namespace Drift.Actors;

/// <summary>What hosts the actors: the only door from API and console to them. Thread-safe.</summary>
public interface IDriftEngine
{
    /// <summary>The actor of a model; it comes to life with its first call.</summary>
    IModelActor Model(ModelId id);

    /// <summary>The actor that lists a tenant's models.</summary>
    ICatalogActor Catalog(string tenant);

    /// <summary>The actor of a node's GPUs.</summary>
    /// <param name="node">The node's name; <see cref="Drift.Core.Gpus.GpuNode.IsName"/>.</param>
    IGpuActor Gpu(string node);

    /// <summary>The actor that lists the nodes with GPUs. They belong to the cluster, not to a tenant.</summary>
    IGpuCatalogActor GpuCatalog();

    /// <summary>The actor of a base model's LoRA versions.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="baseModel">The base model's name; <see cref="Drift.Core.Adapters.BaseModel.IsName"/>.</param>
    IAdapterCatalogActor Adapters(string tenant, string baseModel);

    /// <summary>The actor of a LoRA version.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="baseModel">The base model's name.</param>
    /// <param name="version">The version; <see cref="ModelId.IsName"/>.</param>
    IAdapterActor Adapter(string tenant, string baseModel, string version);
}
