namespace Drift.Api.Rows;

/// <summary>What came of reading a body. With a fault nothing of the request is used and the batch is empty.</summary>
internal sealed record ReadResult
{
    /// <summary>The caller's id of the batch from the top level of JSON; null when there was none (or it stands behind the fault).</summary>
    public string? BatchId { get; init; }

    /// <summary>Why the request is refused; empty when it was read. Reading ends at the first fault.</summary>
    public IReadOnlyList<RowFault> Faults { get; init; } = [];

    /// <summary>Whether the rows are in the batch.</summary>
    public bool Succeeded => Faults.Count == 0;
}
