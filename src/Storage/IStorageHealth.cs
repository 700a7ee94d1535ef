namespace Drift.Storage;

/// <summary>Whether the database answers; for readiness.</summary>
public interface IStorageHealth
{
    /// <summary>One trivial round trip. Completes when the database answers.</summary>
    /// <exception cref="Actors.DriftException"><see cref="Actors.DriftError.Unavailable"/>, and what to do about it.</exception>
    Task CheckAsync(CancellationToken cancellationToken = default);
}
