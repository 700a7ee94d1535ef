namespace Drift.Actors.Ports;

/// <summary>
/// When actors are to be woken though nobody calls them. Set with an actor's state (<see cref="SnapshotEffects.Wake"/>), so that neither is
/// there without the other. Thread-safe.
/// </summary>
public interface IActorWakes
{
    /// <summary>The keys of actors that are due, the longest due first.</summary>
    Task<IReadOnlyList<string>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Puts off an actor that is due and could not be woken.</summary>
    Task PostponeAsync(string actorKey, DateTimeOffset until, CancellationToken cancellationToken);
}
