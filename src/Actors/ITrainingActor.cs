using Drift.Actors.Training;

namespace Drift.Actors;

/// <summary>
/// One training run: takes what the trainer reports, watches it, and tells the trigger that asked for it. Every call may be repeated.
/// </summary>
public interface ITrainingActor
{
    /// <summary>Begins the run; the same start again changes nothing.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Conflict"/>: there is another run of this id.</exception>
    Task<TrainingRun> StartAsync(TrainingStart start, CancellationToken cancellationToken = default);

    /// <summary>Takes points.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: it never began; <see cref="DriftError.Conflict"/>: it has ended.</exception>
    Task<TrainingReceipt> RecordAsync(TrainingBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Ends the run; the same end again changes nothing.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: it never began; <see cref="DriftError.Conflict"/>: it ended otherwise.</exception>
    Task<TrainingRun> FinishAsync(TrainingEnd end, CancellationToken cancellationToken = default);

    /// <summary>The run as it is now.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: it never began.</exception>
    Task<TrainingRun> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Does what is due: says that the run stalls, gives it up, tells its trigger what could not be told before.</summary>
    Task WakeAsync(CancellationToken cancellationToken = default);
}
