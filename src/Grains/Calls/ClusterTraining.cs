using Drift.Actors;
using Drift.Actors.Training;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>A training run of the cluster, called again when a silo died under the call: every call may be repeated.</summary>
internal sealed class ClusterTraining(ITrainingGrain grain, CallRetry retry) : ITrainingActor
{
    public Task<TrainingRun> StartAsync(TrainingStart start, CancellationToken cancellationToken = default)
    {
        // As a dictionary: other implementations of the interface may have no name that another silo knows.
        var sent = start with { Parameters = start.Parameters.ToDictionary(StringComparer.Ordinal) };
        return retry.RunAsync(() => grain.StartAsync(sent, cancellationToken), repeatable: true, cancellationToken);
    }

    public Task<TrainingReceipt> RecordAsync(TrainingBatch batch, CancellationToken cancellationToken = default)
    {
        var sent = batch with { Points = batch.Points.ToArray() };
        return retry.RunAsync(() => grain.RecordAsync(sent, cancellationToken), repeatable: true, cancellationToken);
    }

    public Task<TrainingRun> FinishAsync(TrainingEnd end, CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.FinishAsync(end, cancellationToken), repeatable: true, cancellationToken);

    public Task<TrainingRun> GetAsync(CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.GetAsync(cancellationToken), repeatable: true, cancellationToken);

    public Task WakeAsync(CancellationToken cancellationToken = default) => retry.RunAsync(
        async () =>
        {
            await grain.WakeAsync(cancellationToken);
            return true;
        },
        repeatable: true,
        cancellationToken);
}
