namespace Drift.Actors;

/// <summary>How a batch was taken.</summary>
public enum IngestOutcome
{
    /// <summary>Durable and counted.</summary>
    Accepted,

    /// <summary>Its batch id was counted before.</summary>
    Duplicate,

    /// <summary>It was binned under another plan than the model's: fetch the plan, bin again, send again. Nothing has changed.</summary>
    PlanChanged,
}
