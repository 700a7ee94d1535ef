using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>A model's triggers as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Trigger"/>.</summary>
[Alias("drift.trigger")]
public interface ITriggerGrain : ITriggerActor, IGrainWithStringKey;
