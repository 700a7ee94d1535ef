namespace Drift.Actors;

/// <summary>How a batch was taken.</summary>
public enum IngestOutcome
{
    /// <summary>Durable and counted.</summary>
    Accepted,

    /// <summary>A batch in it was counted before, see <see cref="IngestResult.Duplicates"/>. Nothing has changed: send the others without it.</summary>
    Duplicate,

    /// <summary>It was binned under another plan than the model's: fetch the plan, bin again, send again. Nothing has changed.</summary>
    PlanChanged,
}
