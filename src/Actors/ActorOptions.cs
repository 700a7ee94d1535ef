namespace Drift.Actors;

/// <summary>How actors evaluate, snapshot and rest.</summary>
public sealed class ActorOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Actors";

    /// <summary>Shortest time between two evaluations of a model that rows arrive for.</summary>
    /// <value>750 ms, so that a gauge moves within a second of the rows that move it; 10 ms to 1 hour.</value>
    public TimeSpan EvaluationInterval { get; set; } = TimeSpan.FromMilliseconds(750);

    /// <summary>Time between evaluations of a model without new rows: its windows move all the same.</summary>
    /// <value>1 minute; 1 second to 1 day.</value>
    public TimeSpan IdleEvaluationInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time between two history entries of a window; a changed severity is written at once.</summary>
    /// <value>1 minute; 1 second to 1 day.</value>
    public TimeSpan HistoryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Journal entries after which a snapshot is written; also how many are replayed at most when an actor wakes.</summary>
    /// <value>500; 1 to 100 000.</value>
    public int SnapshotEvery { get; set; } = 500;

    /// <summary>
    /// How long a batch id is remembered at least, unless <see cref="IdempotencyBatches"/> others of its model came after it: a batch sent again
    /// later counts again.
    /// </summary>
    /// <value>24 hours; 1 minute to 30 days.</value>
    public TimeSpan IdempotencyHorizon { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Of a model that gets more batches with an id within <see cref="IdempotencyHorizon"/>: how many of the last are remembered at least. That takes
    /// up to 44 bytes of memory each.
    /// </summary>
    /// <value>1 500 000, which 17 batches a second reach in a day and take at most 32 MiB; 1 000 to 20 000 000.</value>
    public int IdempotencyBatches { get; set; } = 1_500_000;

    /// <summary>Time without a call after which an actor leaves memory; its next call brings it back.</summary>
    /// <value>15 minutes; 1 second to 7 days.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often is looked for actors that are due though nobody calls them: triggers that expire, schedules, training runs that stall.</summary>
    /// <value>5 seconds; 10 ms to 1 hour.</value>
    public TimeSpan WakeInterval { get; set; } = TimeSpan.FromSeconds(5);
}
