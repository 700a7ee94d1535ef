using Drift.Actors.Adapters;

namespace Drift.Grains.Interfaces;

/// <summary>A LoRA version as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Adapter"/>.</summary>
[Alias("drift.adapter")]
public interface IAdapterGrain : IAdapterActor, IGrainWithStringKey;
