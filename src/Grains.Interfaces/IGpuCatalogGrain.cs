using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>The list of GPU nodes as a virtual actor of the cluster. Its key: <see cref="GrainKeys.GpuCatalog"/>.</summary>
[Alias("drift.gpus")]
public interface IGpuCatalogGrain : IGpuCatalogActor, IGrainWithStringKey;
