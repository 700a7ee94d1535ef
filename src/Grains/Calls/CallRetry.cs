using Drift.Actors;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Messaging;

namespace Drift.Grains.Calls;

/// <summary>
/// Calls an actor again when a silo died under the call, until an outcome is known or the deadline passes. What is called more than once
/// must be safe to repeat. Thread-safe.
/// </summary>
internal sealed class CallRetry(IOptions<CallOptions> options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The time after which a call is given up.</summary>
    public TimeSpan Deadline => options.Value.Deadline;

    /// <summary>Calls until it is known what came of it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="repeatable">Whether it may be made again when it is unknown whether it was done.</param>
    /// <param name="cancellationToken">The caller goes away.</param>
    /// <exception cref="DriftException">No outcome before the deadline, or an unknown one of what cannot be repeated.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, bool repeatable, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var unknown = false;
        for (var pause = FirstPause; ; pause = pause < LongestPause / 2 ? pause * 2 : LongestPause)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsLoss(e))
            {
                unknown |= MayHaveHappened(e);
                if ((unknown && !repeatable) || time.GetElapsedTime(started) + pause >= Deadline)
                    throw Unavailable(unknown, repeatable, e);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static bool IsLoss(Exception exception) => exception is OrleansMessageRejectionException or ConnectionFailedException or TimeoutException;

    /// <summary>A rejected message was not delivered; one that a silo took with it, or that was not answered, may have been.</summary>
    private static bool MayHaveHappened(Exception exception) => exception is SiloUnavailableException or TimeoutException;

    private DriftException Unavailable(bool unknown, bool repeatable, Exception cause) => new(
        DriftError.Unavailable,
        unknown
            ? repeatable
                ? $"No silo answered within {Deadline.TotalSeconds:0.#} s. The outcome is unknown: retry with the same id."
                : "The silo that worked on it is gone. The outcome is unknown: look whether it was done before sending it again."
            : $"No silo took the call within {Deadline.TotalSeconds:0.#} s. Nothing was done: send it again.",
        cause);
}
