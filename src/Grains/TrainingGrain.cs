using Drift.Actors.Training;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor of a training run.</summary>
[GrainType(GrainKeys.TrainingType)]
[Reentrant]
public sealed class TrainingGrain(TrainingActorServices services) : ActorGrain<TrainingActor>, ITrainingGrain
{
    /// <inheritdoc/>
    public Task<TrainingRun> StartAsync(TrainingStart start, CancellationToken cancellationToken = default) => CallAsync(a => a.StartAsync(start, cancellationToken));

    /// <inheritdoc/>
    public Task<TrainingReceipt> RecordAsync(TrainingBatch batch, CancellationToken cancellationToken = default) => CallAsync(a => a.RecordAsync(batch, cancellationToken));

    /// <inheritdoc/>
    public Task<TrainingRun> FinishAsync(TrainingEnd end, CancellationToken cancellationToken = default) => CallAsync(a => a.FinishAsync(end, cancellationToken));

    /// <inheritdoc/>
    public Task<TrainingRun> GetAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.GetAsync(cancellationToken));

    /// <inheritdoc/>
    public Task WakeAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.WakeAsync(cancellationToken));

    /// <inheritdoc/>
    protected override TrainingActor Create()
    {
        var (tenant, run) = GrainKeys.TrainingOf(Key);
        return new TrainingActor(tenant, run, services);
    }
}
