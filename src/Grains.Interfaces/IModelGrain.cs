using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>A model as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Model"/>.</summary>
[Alias("drift.model")]
public interface IModelGrain : IModelActor, IGrainWithStringKey;
