namespace Drift.Load;

/// <summary>How long the harms of a <see cref="ClusterTorture"/> take.</summary>
/// <param name="Pause">How long a silo is paused at least; it stays so until the others have declared it dead.</param>
/// <param name="Cut">How long a silo is cut from PostgreSQL.</param>
/// <param name="PostgresDown">How long PostgreSQL is away.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="AttemptLimit">How long a client waits for an answer before it sends a batch again.</param>
/// <param name="Environment">Options of the silos as environment variables.</param>
internal sealed record ClusterTortureSize(TimeSpan Pause, TimeSpan Cut, TimeSpan PostgresDown, double Rate, TimeSpan AttemptLimit, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Silos as they are in production.</summary>
    public static ClusterTortureSize Full { get; } = new(
        TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5), 100, TimeSpan.FromSeconds(10), new Dictionary<string, string>());

    /// <summary>Seconds instead of minutes: silos that lose patience with each other sooner.</summary>
    public static ClusterTortureSize Small { get; } = new(
        TimeSpan.Zero,
        TimeSpan.FromSeconds(2),
        TimeSpan.Zero,
        40,
        TimeSpan.FromSeconds(2),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Drift__Cluster__ProbeTimeout"] = "00:00:01",
            ["Drift__Cluster__DrainDelay"] = "00:00:02",
        });
}
