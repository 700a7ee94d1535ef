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

    /// <summary>The actor of a model's triggers.</summary>
    ITriggerActor Trigger(ModelId model);

    /// <summary>The actor of a training run.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="run">The run's id; <see cref="ModelId.IsName"/>.</param>
    ITrainingActor Training(string tenant, string run);
}
