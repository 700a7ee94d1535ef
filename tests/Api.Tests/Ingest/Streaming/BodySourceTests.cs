using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Drift.Api.Errors;
using Drift.Api.Ingest;

namespace Drift.Api.Tests.Ingest.Streaming;

public sealed class BodySourceTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{{\"features\": {{\"age\": {i * 7919 % 101}}}}}\n")));

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_comes_out_as_it_went_in_however_it_arrives(string encoding)
    {
        var sent = Encode(encoding, Body);
        foreach (var piece in (int[])[1, 7, 1000, int.MaxValue])
        {
            foreach (var room in (int[])[1, 64, 100_000])
                Assert.Equal(Body, await ChunkedText.ReadAllAsync(Of(encoding), sent, piece, room));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_that_is_cut_off_anywhere_is_refused(string encoding)
    {
        var sent = Encode(encoding, Body);
        for (var length = 0; length < sent.Length; length++)
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => ChunkedText.ReadAllAsync(Of(encoding), sent[..length], 97, 1000));
            Assert.Equal(ErrorKind.MalformedBody, refused.Kind);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Bytes_behind_the_end_of_a_stream_are_refused(string encoding) =>
        await Assert.ThrowsAsync<ApiException>(() => ChunkedText.ReadAllAsync(Of(encoding), [.. Encode(encoding, Body), 1, 2, 3], 97, 1000));

    [Fact]
    public async Task A_changed_byte_of_the_checksum_is_refused()
    {
        var sent = Encode("gzip", Body);
        sent[^6] ^= 1;
        await Assert.ThrowsAsync<ApiException>(() => ChunkedText.ReadAllAsync(BodyEncoding.Gzip, sent, 97, 1000));
    }

    [Fact]
    public async Task Several_gzip_members_are_one_body_wherever_they_meet()
    {
        var first = Encode("gzip", Body[..1000]);
        byte[] sent = [.. first, .. Encode("gzip", Body[1000..])];
        foreach (var piece in (int[])[1, first.Length, first.Length - 1, first.Length + 1, 8192])
            Assert.Equal(Body, await ChunkedText.ReadAllAsync(BodyEncoding.Gzip, sent, piece, 500));
    }

    [Fact]
    public async Task Incompressible_bytes_come_through()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        Assert.Equal(bytes, await ChunkedText.ReadAllAsync(BodyEncoding.Brotli, Encode("br", bytes), 4096, 65536));
        Assert.Equal(bytes, await ChunkedText.ReadAllAsync(BodyEncoding.Gzip, Encode("gzip", bytes), 4096, 65536));
    }

    private static BodyEncoding Of(string encoding) => encoding switch { "gzip" => BodyEncoding.Gzip, "br" => BodyEncoding.Brotli, _ => BodyEncoding.Identity };

    private static byte[] Encode(string encoding, byte[] body)
    {
        if (encoding == "identity")
            return body;
        var sent = new MemoryStream();
        using (Stream compressed = encoding == "gzip" ? new GZipStream(sent, CompressionLevel.Fastest) : new BrotliStream(sent, CompressionLevel.Fastest))
            compressed.Write(body);
        return sent.ToArray();
    }
}
