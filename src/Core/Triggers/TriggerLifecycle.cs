using System.Collections.Frozen;

namespace Drift.Core.Triggers;

/// <summary>
/// The transitions of a trigger as a table. Reports may come late, twice and out of order: one that is behind where the trigger stands is
/// kept, not refused, as long as the trigger went on from it; one that contradicts how it ended is refused.
/// </summary>
public static class TriggerLifecycle
{
    private static readonly TriggerStatus[] Ends = [TriggerStatus.Succeeded, TriggerStatus.Failed, TriggerStatus.Cancelled, TriggerStatus.Expired];

    // A call-back may overtake the note that the message was taken, so everything the trainer says can follow 'approved'.
    private static readonly FrozenDictionary<TriggerStatus, IReadOnlyList<TriggerStatus>> Table = new Dictionary<TriggerStatus, IReadOnlyList<TriggerStatus>>
    {
        [TriggerStatus.Pending] = [TriggerStatus.Approved, TriggerStatus.Cancelled, TriggerStatus.Expired],
        [TriggerStatus.Approved] = [TriggerStatus.Sent, TriggerStatus.Accepted, TriggerStatus.Running, .. Ends],
        [TriggerStatus.Sent] = [TriggerStatus.Accepted, TriggerStatus.Running, .. Ends],
        [TriggerStatus.Accepted] = [TriggerStatus.Running, .. Ends],
        [TriggerStatus.Running] = Ends,
        [TriggerStatus.Succeeded] = [],
        [TriggerStatus.Failed] = [],
        [TriggerStatus.Cancelled] = [],
        [TriggerStatus.Expired] = [],
    }.ToFrozenDictionary();

    /// <summary>What may follow a status, in order.</summary>
    public static IReadOnlyList<TriggerStatus> After(TriggerStatus status) => Table[status];

    /// <summary>Whether nothing follows.</summary>
    public static bool IsOver(TriggerStatus status) => Table[status].Count == 0;

    /// <summary>What to do with a status that a trigger is told to take.</summary>
    public static TriggerStep Decide(TriggerStatus current, TriggerStatus next)
    {
        if (Table[current].Contains(next))
            return TriggerStep.Move;
        if (current == next)
            return TriggerStep.Keep;
        // The way to where the job went leads through all that is before it; calling off and expiring are no part of that way.
        return current is not (TriggerStatus.Cancelled or TriggerStatus.Expired) && !IsOver(next) && next < current ? TriggerStep.Keep : TriggerStep.Refuse;
    }
}
