using Drift.Actors.Training;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the run's actor.</summary>
internal sealed class LocalTraining(CellSet<(string Tenant, string Run), TrainingActor> cells, (string Tenant, string Run) id) : ITrainingActor
{
    public Task<TrainingRun> StartAsync(TrainingStart start, CancellationToken cancellationToken = default) => cells.CallAsync(id, a => a.StartAsync(start, cancellationToken));

    public Task<TrainingReceipt> RecordAsync(TrainingBatch batch, CancellationToken cancellationToken = default) => cells.CallAsync(id, a => a.RecordAsync(batch, cancellationToken));

    public Task<TrainingRun> FinishAsync(TrainingEnd end, CancellationToken cancellationToken = default) => cells.CallAsync(id, a => a.FinishAsync(end, cancellationToken));

    public Task<TrainingRun> GetAsync(CancellationToken cancellationToken = default) => cells.CallAsync(id, a => a.GetAsync(cancellationToken));

    public Task WakeAsync(CancellationToken cancellationToken = default) => cells.CallAsync(id, a => a.WakeAsync(cancellationToken));
}
