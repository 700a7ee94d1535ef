using Drift.Actors.Triggers;
using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>
/// The triggers of one model: follows its policy, keeps at most one trigger under way, and takes what is said of it. Every call may be
/// repeated. A call about a trigger of another model, or one that retention took, is <see cref="DriftError.NotFound"/>; a status that cannot
/// follow is <see cref="DriftError.Conflict"/> and names those that can.
/// </summary>
public interface ITriggerActor
{
    /// <summary>Takes the model's policy; only the schedule needs to know it before an observation does.</summary>
    Task ConfigureAsync(TriggerSettings policy, CancellationToken cancellationToken = default);

    /// <summary>Takes an evaluation. One that is not later than the last counts for nothing.</summary>
    Task<TriggerDecision> ObserveAsync(TriggerObservation observation, CancellationToken cancellationToken = default);

    /// <summary>Makes a trigger because somebody asks for it; cooldown, budget and approval do not hold it back.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Conflict"/>: another one is under way.</exception>
    Task<Trigger> RequestAsync(TriggerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lets a pending trigger go out.</summary>
    Task<Trigger> ApproveAsync(string id, string by, CancellationToken cancellationToken = default);

    /// <summary>Calls a trigger off.</summary>
    Task<Trigger> CancelAsync(string id, string by, string? reason, CancellationToken cancellationToken = default);

    /// <summary>A destination took a trigger.</summary>
    Task<Trigger> DeliveredAsync(TriggerDelivery delivery, CancellationToken cancellationToken = default);

    /// <summary>A trainer says where a trigger stands.</summary>
    Task<Trigger> ReportAsync(TriggerReport report, CancellationToken cancellationToken = default);

    /// <summary>Whether a trigger is still to be sent.</summary>
    Task<bool> IsWantedAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Does what is due: expires a trigger that nobody reports of, makes one by the schedule.</summary>
    Task WakeAsync(CancellationToken cancellationToken = default);

    /// <summary>The model was deleted: calls off what is under way and forgets the policy.</summary>
    Task RetireAsync(CancellationToken cancellationToken = default);
}
