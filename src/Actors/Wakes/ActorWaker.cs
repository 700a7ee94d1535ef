using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Wakes;

/// <summary>
/// Wakes actors that are due though nobody calls them. Every host of a database may do so at once: what is due is done once, because the
/// actor decides on its own state. Thread-safe.
/// </summary>
public sealed partial class ActorWaker(IActorWakes wakes, IDriftEngine engine, TimeProvider clock, ILogger<ActorWaker> logger)
{
    private const int AtOnce = 100;
    private static readonly TimeSpan PutOff = TimeSpan.FromMinutes(1);

    /// <summary>Wakes those that are due, and says how many were.</summary>
    /// <exception cref="DriftException">The database cannot be asked who is.</exception>
    public async Task<int> WakeDueAsync(CancellationToken cancellationToken = default)
    {
        var due = await wakes.ListDueAsync(clock.GetUtcNow(), AtOnce, cancellationToken).ConfigureAwait(false);
        foreach (var key in due)
        {
            try
            {
                await WakeAsync(key, cancellationToken).ConfigureAwait(false);
            }
            catch (DriftException e)
            {
                // Others that are due must not wait behind it.
                LogWakeFailed(logger, e, key, PutOff);
                await wakes.PostponeAsync(key, clock.GetUtcNow() + PutOff, cancellationToken).ConfigureAwait(false);
            }
        }

        return due.Count;
    }

    private Task WakeAsync(string key, CancellationToken cancellationToken) => key.Split('/') switch
    {
        ["trigger", var tenant, var model] => engine.Trigger(ModelId.Create(tenant, model)).WakeAsync(cancellationToken),
        ["training", var tenant, var run] => engine.Training(tenant, run).WakeAsync(cancellationToken),
        _ => throw new DriftException(DriftError.Invalid, $"'{key}' is no key of an actor that can be woken by this release."),
    };

    [LoggerMessage(EventId = 2700, EventName = "WakeFailed", Level = LogLevel.Warning, Message = "Actor {Key} is due and could not be woken; it is tried again in {PutOff}.")]
    private static partial void LogWakeFailed(ILogger logger, Exception exception, string key, TimeSpan putOff);
}
