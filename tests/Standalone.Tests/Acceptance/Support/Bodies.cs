using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>Request bodies.</summary>
internal static class Bodies
{
    public const string JsonType = "application/json";
    public const string NdjsonType = "application/x-ndjson";
    public const string CsvType = "text/csv";

    public static HttpContent Json(string text) => Of(Encoding.UTF8.GetBytes(text), JsonType);

    public static HttpContent Ndjson(string text) => Of(Encoding.UTF8.GetBytes(text), NdjsonType);

    public static HttpContent Csv(string text) => Of(Encoding.UTF8.GetBytes(text), CsvType);

    public static HttpContent Of(byte[] bytes, string? type = JsonType, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return target.ToArray();
    }

    public static byte[] Brotli(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var brotli = new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(bytes);
        return target.ToArray();
    }

    /// <summary>A gzip stream of a megabyte or two that unfolds into four gigabytes of spaces: many members behind one another.</summary>
    public static byte[] GzipBomb()
    {
        const int members = 128;
        var part = new byte[32 * 1024 * 1024];
        Array.Fill(part, (byte)' ');
        var member = Gzip(part);
        var bomb = new byte[members * member.Length];
        for (var i = 0; i < members; i++)
            member.CopyTo(bomb, i * member.Length);
        return bomb;
    }

    public static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
