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
