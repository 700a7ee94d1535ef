using Drift.Actors;

namespace Drift.Standalone.Client;

/// <summary>The answer to a batch of predictions; what of it a client needs.</summary>
internal sealed record IngestReceipt
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>The batch id.</summary>
    public string? BatchId { get; init; }

    /// <summary>Rows that count now because of this request; 0 for a duplicate.</summary>
    public int Accepted { get; init; }

    /// <summary>Rows left out.</summary>
    public int Rejected { get; init; }

    /// <summary>Whether this batch id was counted before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Version of the model's plan, 0 while it learns.</summary>
    public int Plan { get; init; }

    /// <summary>Whether the model monitors.</summary>
    public ModelState Status { get; init; }
}

/// <summary>An error as the server words it (RFC 9457).</summary>
internal sealed record ProblemReply
{
    /// <summary>The kind in a few words.</summary>
    public string? Title { get; init; }

    /// <summary>What is wrong with this request and what would be right.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong by field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The row that is wrong, counted from 0.</summary>
    public long? Row { get; init; }
}
