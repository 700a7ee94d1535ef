using Drift.Actors;

namespace Drift.Grains.Interfaces;

/// <summary>The GPUs of a node as a virtual actor of the cluster. Its key: <see cref="GrainKeys.Gpu"/>.</summary>
[Alias("drift.gpu")]
public interface IGpuGrain : IGpuActor, IGrainWithStringKey;
