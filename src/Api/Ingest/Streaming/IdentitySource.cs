using System.Buffers;
using System.IO.Pipelines;

namespace Drift.Api.Ingest.Streaming;

/// <summary>A body that is not compressed.</summary>
internal sealed class IdentitySource(PipeReader body) : BodySource
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, into.Length));
            taken.CopyTo(into.Span);
            // Behind AdvanceTo the sequence is no more.
            var count = (int)taken.Length;
            body.AdvanceTo(taken.End);
            SentBytes += count;
            if (count > 0 || read.IsCompleted)
                return count;
        }
    }
}
