using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>A tenant's list of models as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Catalog"/>.</summary>
[Alias("drift.catalog")]
public interface ICatalogGrain : ICatalogActor, IGrainWithStringKey;
