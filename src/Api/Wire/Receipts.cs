using Drift.Actors;
using Drift.Core.Detection;

namespace Drift.Api.Wire;

/// <summary>The answer to a batch of predictions that is durable.</summary>
internal sealed record IngestReceipt
{
    /// <summary><c>tenant/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The batch id, when the caller gave one.</summary>
    public string? BatchId { get; init; }

    /// <summary>Rows that count now because of this request; 0 for a duplicate.</summary>
    public int Accepted { get; init; }

    /// <summary>Rows left out because of their time.</summary>
    public int Rejected { get; init; }

    /// <summary>Whether this batch id was counted before; then nothing changed.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Version of the model's plan, 0 while it learns.</summary>
    public int Plan { get; init; }

    /// <summary>Whether the model monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Rows learned so far, while learning.</summary>
    public long? Learned { get; init; }

    /// <summary>Rows the reference needs, while learning.</summary>
    public long? LearnsUntil { get; init; }

    /// <summary>Why rows were left out; the first hundred.</summary>
    public IReadOnlyList<RowError>? Errors { get; init; }

    /// <summary>The verdict with these rows in it, for <c>?verdict=true</c>.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>What is wrong with one row.</summary>
/// <param name="Row">The row, counted from 0.</param>
/// <param name="Field">The field.</param>
/// <param name="Message">What it is and what would be right.</param>
internal sealed record RowError(long Row, string Field, string Message);

/// <summary>The answer to labels that are durable.</summary>
internal sealed record LabelReceipt
{
    /// <summary><c>tenant/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The batch id, when the caller gave one.</summary>
    public string? BatchId { get; init; }

    /// <summary>Labels in the request.</summary>
    public int Received { get; init; }

    /// <summary>Whether this batch id was taken before; then nothing changed.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Labels that met their prediction and count.</summary>
    public int Matched { get; init; }

    /// <summary>Labels whose prediction is not known yet; they count when it arrives.</summary>
    public int Waiting { get; init; }

    /// <summary>Labels of ids that had the same one already.</summary>
    public int Repeated { get; init; }

    /// <summary>Ids that had another label already; the first one stays.</summary>
    public IReadOnlyList<string> Conflicting { get; init; } = [];
}
