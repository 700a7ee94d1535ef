namespace Drift.Actors;

/// <summary>What an engine lends to the actor that it hosts. Only to be used from the actor's own turns.</summary>
public interface IActorContext
{
    /// <summary>The actor's key.</summary>
    string Key { get; }

    /// <summary>
    /// Calls <paramref name="tick"/> once, as a turn of the actor, after <paramref name="due"/>; replaces a call that was set before and is
    /// not due yet. Nothing is called after deactivation.
    /// </summary>
    void SetTimer(TimeSpan due, Func<CancellationToken, Task> tick);
}

/// <summary>An actor's life as its engine sees it.</summary>
public interface IActor
{
    /// <summary>Brings the state into memory; called once, before any other turn.</summary>
    Task ActivateAsync(IActorContext context, CancellationToken cancellationToken);

    /// <summary>Writes what is not written yet; called once, after every other turn. Correctness must not need it.</summary>
    Task DeactivateAsync(CancellationToken cancellationToken);
}
