using Drift.Actors;

namespace Drift.Grains;

/// <summary>
/// Hosts one actor: wakes it with the first call, lends it timers, and lets it go with the activation. Derived grains are reentrant, so
/// the actor's turns interleave at an <c>await</c> as they do in the local engine.
/// </summary>
/// <typeparam name="TActor">The actor.</typeparam>
public abstract class ActorGrain<TActor> : Grain, IActorContext
    where TActor : class, IActor
{
    // Woken by calls and not with the activation: a failure (the database is away) then reaches callers as itself.
    private Task<TActor>? _waking;
    private IGrainTimer? _timer;

    /// <inheritdoc/>
    public string Key => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public void SetTimer(TimeSpan due, Func<CancellationToken, Task> tick)
    {
        _timer?.Dispose();
        _timer = this.RegisterGrainTimer(tick, new GrainTimerCreationOptions
        {
            DueTime = due < TimeSpan.Zero ? TimeSpan.Zero : due,
            Period = Timeout.InfiniteTimeSpan,
            Interleave = true,
        });
    }

    /// <summary>Ends the actor: what is not written is written. Bounded by Orleans' deactivation timeout.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        if (_waking is not { IsCompletedSuccessfully: true } woken)
            return;
        var actor = await woken;
        await actor.DeactivateAsync(cancellationToken);
        (actor as IDisposable)?.Dispose();
    }

    /// <summary>Makes the actor of this grain's key; nothing is read yet.</summary>
    protected abstract TActor Create();

    /// <summary>Runs a turn of the actor.</summary>
    protected async Task<T> CallAsync<T>(Func<TActor, Task<T>> call) => await call(await GetAsync());

    /// <summary>Runs a turn of the actor.</summary>
    protected async Task CallAsync(Func<TActor, Task> call) => await call(await GetAsync());

    private async Task<TActor> GetAsync()
    {
        var waking = _waking ??= WakeAsync();
        try
        {
            return await waking;
        }
        catch
        {
            if (ReferenceEquals(_waking, waking))
                _waking = null;
            throw;
        }
    }

    private async Task<TActor> WakeAsync()
    {
        var actor = Create();
        // One caller that goes away must not end the activation for those who wait with it.
        await actor.ActivateAsync(this, CancellationToken.None);
        return actor;
    }
}
