namespace Drift.Api.Ingest.Streaming;

/// <summary>Where a streamed body is cut.</summary>
/// <param name="Rows">Rows after which a chunk ends.</param>
/// <param name="Bytes">Bytes, decompressed, after which it ends with the row that it is in.</param>
/// <param name="RowBytes">The most bytes of one row.</param>
internal readonly record struct ChunkLimits(int Rows, int Bytes, int RowBytes);
