using Drift.Core.Detection;

namespace Drift.Actors.Triggers;

/// <summary>Why a trigger was made.</summary>
public sealed record TriggerReason
{
    /// <summary>In one line for a person.</summary>
    public string Summary { get; init; } = "";

    /// <summary>How many evaluations in a row counted; 0 when no evaluation made it.</summary>
    public int Evaluations { get; init; }

    /// <summary>The last of these verdicts, with its worst columns only.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? RequestedBy { get; init; }
}
