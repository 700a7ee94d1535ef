namespace Drift.Api.Ingest.Streaming;

/// <summary>Some whole rows of a streamed body; gives its memory back when disposed.</summary>
/// <param name="Body">The rows; of CSV with the header before them.</param>
/// <param name="Rows">How many rows they are.</param>
/// <param name="Origin">Where in the body they begin.</param>
internal sealed record RowChunk(PooledBody Body, int Rows, RowOrigin Origin) : IDisposable
{
    /// <summary>Behind its last row, counted from 0 in the whole body.</summary>
    public long NextRow => Origin.FirstRow + Rows;

    /// <inheritdoc/>
    public void Dispose() => Body.Dispose();
}
