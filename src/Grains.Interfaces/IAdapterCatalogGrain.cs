using Drift.Actors.Adapters;

namespace Drift.Grains.Interfaces;

/// <summary>The LoRA versions of a base model as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Adapters"/>.</summary>
[Alias("drift.adapters")]
public interface IAdapterCatalogGrain : IAdapterCatalogActor, IGrainWithStringKey;
