using System.IO.Pipelines;
using System.Text;
using Drift.Api.Ingest;
using Drift.Api.Ingest.Streaming;
using Drift.Api.Rows;

namespace Drift.Api.Tests.Ingest.Streaming;

/// <summary>A body that arrives in pieces of some size.</summary>
internal static class ChunkedText
{
    public static PipeReader Pipe(byte[] body, int piece) => PipeReader.Create(
        new Pieces(body, piece), new StreamPipeReaderOptions(bufferSize: Math.Clamp(piece, 4096, 1024 * 1024)));

    public static async Task<byte[]> ReadAllAsync(BodyEncoding encoding, byte[] sent, int piece, int room)
    {
        await using var source = BodySource.Of(encoding, Pipe(sent, piece));
        var all = new MemoryStream();
        var buffer = new byte[room];
        while (await source.ReadAsync(buffer, CancellationToken.None) is var count and > 0)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public static async Task<List<Cut>> CutAsync(string body, RowFormat format, ChunkLimits limits, int piece = int.MaxValue)
    {
        await using var source = BodySource.Of(BodyEncoding.Identity, Pipe(Encoding.UTF8.GetBytes(body), piece));
        using var chunker = new RowChunker(source, format, limits);
        var cuts = new List<Cut>();
        while (await chunker.NextAsync(CancellationToken.None) is { } chunk)
        {
            using (chunk)
                cuts.Add(new Cut(Encoding.UTF8.GetString(chunk.Body.Span), chunk.Rows, chunk.Origin));
        }

        return cuts;
    }

    internal sealed record Cut(string Text, int Rows, RowOrigin Origin);

    private sealed class Pieces(byte[] body, int piece) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
