using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Drift.Simulation;

namespace Drift.Load;

/// <summary>Sends one body of many bytes in one request and reads the running receipt meanwhile, as <c>curl -T</c> does.</summary>
internal static class StreamUpload
{
    private const int BlockRows = 20_000;

    /// <summary>Uploads, and checks that the total is what was sent.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="format">NDJSON or CSV.</param>
    /// <param name="leastBytes">The length of the body, rounded up to whole blocks of 20 000 rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidOperationException">The server did not take all of it.</exception>
    public static async Task<StreamResult> RunAsync(MeasuredServer server, RowFormat format, long leastBytes, CancellationToken cancellationToken)
    {
        var options = new LoadOptions { Url = server.Url, Format = format, NumericColumns = 8, CategoricalColumns = 2 };
        var block = Bodies.CreateOne(options, BlockRows, new SplitMix(options.Seed));
        var header = format == RowFormat.Csv ? block.AsMemory(0, block.AsSpan().IndexOf((byte)'\n') + 1) : default;
        var rows = block.AsMemory(header.Length);
        var blocks = Math.Max(1, (leastBytes - header.Length + rows.Length - 1) / rows.Length);
        var bytes = header.Length + (blocks * rows.Length);
        var model = $"stream-{format}".ToLowerInvariant();

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, cancellationToken);
        var before = server.PeakBytes;
        var cpu = server.Cpu;
        var started = Stopwatch.GetTimestamp();
        var answering = ReadAsync(socket, cancellationToken);
        await SendAsync(socket, Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/models/{model}/predictions?stream=true HTTP/1.1\r\nHost: {server.Url.Authority}\r\nContent-Type: {Bodies.ContentType(format)}\r\nIdempotency-Key: upload\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n")));
        await SendAsync(socket, header);
        for (var i = 0L; i < blocks && !answering.IsCompleted; i++)
            await SendAsync(socket, rows);
        var (lines, last) = await answering;
        var result = new StreamResult
        {
            Format = format,
            Bytes = bytes,
            Rows = blocks * BlockRows,
            Chunks = lines - 1,
            Elapsed = Stopwatch.GetElapsedTime(started),
            Cpu = server.Cpu - cpu,
            PeakBefore = before,
            PeakAfter = server.PeakBytes,
        };
        using var total = JsonDocument.Parse(last);
        var counted = total.RootElement.GetProperty("done").GetBoolean() ? total.RootElement.GetProperty("accepted").GetInt64() : -1;
        return counted == result.Rows ? result : throw new InvalidOperationException($"{result.Rows} rows were sent, and the answer ended with: {last}");

        async Task SendAsync(Socket to, ReadOnlyMemory<byte> what)
        {
            while (what.Length > 0)
                what = what[await to.SendAsync(what, SocketFlags.None, cancellationToken)..];
        }
    }

    /// <summary>The lines of the answer: how many, and the last one.</summary>
    private static async Task<(int Lines, string Last)> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
        var (lines, last) = (0, "");
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // What is no object is the head of the answer, or the length of a piece of it.
            if (!line.StartsWith('{'))
                continue;
            lines++;
            last = line;
        }

        return last.Length > 0 ? (lines, last) : throw new InvalidOperationException("The server did not answer.");
    }
}
