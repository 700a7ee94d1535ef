using Drift.Actors;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>The actors of the cluster, wherever they live.</summary>
internal sealed class OrleansEngine(IGrainFactory grains, CallRetry retry) : IDriftEngine
{
    public IModelActor Model(ModelId id) => new ClusterModel(grains.GetGrain<IModelGrain>(GrainKeys.Model(id)), retry);

    public ICatalogActor Catalog(string tenant) => new ClusterCatalog(grains.GetGrain<ICatalogGrain>(GrainKeys.Catalog(tenant)), retry);

    public IGpuActor Gpu(string node) => new ClusterGpu(grains.GetGrain<IGpuGrain>(GrainKeys.Gpu(node)), retry);

    public IGpuCatalogActor GpuCatalog() => new ClusterGpuCatalog(grains.GetGrain<IGpuCatalogGrain>(GrainKeys.GpuCatalog), retry);

    public ITriggerActor Trigger(ModelId model) => new ClusterTrigger(grains.GetGrain<ITriggerGrain>(GrainKeys.Trigger(model)), retry);

    public ITrainingActor Training(string tenant, string run) => new ClusterTraining(grains.GetGrain<ITrainingGrain>(GrainKeys.Training(tenant, run)), retry);
}
