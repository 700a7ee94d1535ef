using Drift.Actors;
using Drift.Api.Errors;
using Drift.Core.Detection;

namespace Drift.Api.Wire;

/// <summary>A line of a running receipt: a chunk of a streamed body that is durable.</summary>
internal sealed record ChunkReceipt
{
    /// <summary>Which chunk, from 1.</summary>
    public required int Chunk { get; init; }

    /// <summary>The id that the chunk counts once under: the stream's and the chunk's rows; absent when the caller gave none.</summary>
    public string? BatchId { get; init; }

    /// <summary>Its first row, counted from 0 in the whole body.</summary>
    public long FirstRow { get; init; }

    /// <summary>Its rows.</summary>
    public int Rows { get; init; }

    /// <summary>Rows that count now because of it; 0 for a duplicate.</summary>
    public int Accepted { get; init; }

    /// <summary>Rows left out because of their time.</summary>
    public int Rejected { get; init; }

    /// <summary>Whether it was counted before; then nothing changed.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Version of the model's plan, 0 while it learns.</summary>
    public int Plan { get; init; }

    /// <summary>Whether the model monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Why rows were left out; the first hundred of the chunk.</summary>
    public IReadOnlyList<RowError>? Errors { get; init; }
}

/// <summary>The last line of a running receipt. An answer without it was cut off.</summary>
internal sealed record StreamReceipt
{
    /// <summary>Whether the whole body counts.</summary>
    public required bool Done { get; init; }

    /// <summary><c>tenant/model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The id of the stream, when the caller gave one.</summary>
    public string? BatchId { get; init; }

    /// <summary>Chunks that are durable.</summary>
    public int Chunks { get; init; }

    /// <summary>Those of them that were counted before.</summary>
    public int DuplicateChunks { get; init; }

    /// <summary>Rows that are durable: accepted, rejected, or counted before.</summary>
    public long Rows { get; init; }

    /// <summary>Rows that count now because of this request.</summary>
    public long Accepted { get; init; }

    /// <summary>Rows left out because of their time.</summary>
    public long Rejected { get; init; }

    /// <summary>Whether all of it was counted before; then nothing changed.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Version of the model's plan, 0 while it learns.</summary>
    public int Plan { get; init; }

    /// <summary>Whether the model monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>The verdict with these rows in it, for <c>?verdict=true</c>.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>When it is not done: the first row, counted from 0, that is not durable.</summary>
    public long? NextRow { get; init; }

    /// <summary>When it is not done: why.</summary>
    public Problem? Problem { get; init; }

    /// <summary>When it is not done: whole seconds after which it is worth going on, if it is without a change of the body.</summary>
    public long? RetryAfter { get; init; }

    /// <summary>When it is not done: how to go on, in words.</summary>
    public string? Resume { get; init; }
}
