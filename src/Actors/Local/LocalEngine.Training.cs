using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Local;

public sealed partial class LocalEngine
{
    private readonly CellSet<ModelId, TriggerActor> _triggers;
    private readonly CellSet<(string Tenant, string Run), TrainingActor> _training;

    /// <inheritdoc/>
    public ITriggerActor Trigger(ModelId model) => new LocalTrigger(_triggers, model);

    /// <inheritdoc/>
    public ITrainingActor Training(string tenant, string run) => new LocalTraining(_training, (tenant, run));

    private CellSet<ModelId, TriggerActor> TriggerCells(Func<IDriftEngine, TriggerActorServices> services)
    {
        TriggerActorServices? shared = null;
        return new(model => new ActorCell<TriggerActor>(ActorKey.Trigger(model), () => new TriggerActor(model, shared ??= services(this)), _clock));
    }

    private CellSet<(string Tenant, string Run), TrainingActor> TrainingCells(Func<IDriftEngine, TrainingActorServices> services)
    {
        TrainingActorServices? shared = null;
        return new(id => new ActorCell<TrainingActor>(ActorKey.Training(id.Tenant, id.Run), () => new TrainingActor(id.Tenant, id.Run, shared ??= services(this)), _clock));
    }

    private async Task SweepTrainingAsync()
    {
        await _triggers.SweepAsync(_idle, (model, e) => LogLeavingFailed(ActorKey.Trigger(model), e)).ConfigureAwait(false);
        await _training.SweepAsync(_idle, (id, e) => LogLeavingFailed(ActorKey.Training(id.Tenant, id.Run), e)).ConfigureAwait(false);
    }

    private async Task StopTrainingAsync()
    {
        await _training.StopAsync().ConfigureAwait(false);
        await _triggers.StopAsync().ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 2701, EventName = "LeavingFailed", Level = LogLevel.Warning, Message = "Actor {Key} could not leave memory cleanly; nothing is lost, all that it knew was written.")]
    private partial void LogLeavingFailed(string key, Exception exception);
}
