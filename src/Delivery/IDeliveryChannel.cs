using Drift.Actors.Ports;

namespace Drift.Delivery;

/// <summary>
/// The way to one destination. What registers as one gets the outbox entries of its name delivered, at its own pace: a destination
/// that is slow or away holds up no other. Thread-safe.
/// </summary>
public interface IDeliveryChannel
{
    /// <summary>The name by which entries say where they go.</summary>
    string Destination { get; }

    /// <summary>How long an attempt may take at most; null for <see cref="DeliveryOptions.Timeout"/>.</summary>
    TimeSpan? AttemptLimit => null;

    /// <summary>Tries once to deliver; a failure is a result, not an exception. Ends when the token says so.</summary>
    Task<DeliveryResult> SendAsync(OutboxEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Called when an entry is about to be given up, so that whoever waits for it can be told. When it throws a
    /// <see cref="Drift.Actors.DriftException"/> the entry is not given up yet.
    /// </summary>
    Task GivingUpAsync(OutboxEntry entry, string error, CancellationToken cancellationToken) => Task.CompletedTask;
}
