namespace Drift.Actors;

/// <summary>An actor's life as its engine sees it.</summary>
public interface IActor
{
    /// <summary>Brings the state into memory; called once, before any other turn.</summary>
    Task ActivateAsync(IActorContext context, CancellationToken cancellationToken);

    /// <summary>Writes what is not written yet; called once, after every other turn. Correctness must not need it.</summary>
    Task DeactivateAsync(CancellationToken cancellationToken);
}
