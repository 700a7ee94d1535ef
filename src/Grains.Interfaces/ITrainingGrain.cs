using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>A training run as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Training"/>.</summary>
[Alias("drift.training")]
public interface ITrainingGrain : ITrainingActor, IGrainWithStringKey;
