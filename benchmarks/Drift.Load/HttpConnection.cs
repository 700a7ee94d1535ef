using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.Load;

/// <summary>
/// One HTTP/1.1 connection over a bare socket: a request is bytes that exist already, an answer a status and a body. The generator shares its
/// machine with the server, so what an HttpClient spends per request would be taken from what is measured. Reconnects by itself after a fault.
/// </summary>
internal sealed class HttpConnection(string host, int port) : IDisposable
{
    private readonly byte[] _out = new byte[32 * 1024];
    private byte[] _in = new byte[16 * 1024];
    private Socket? _socket;
    private int _length;

    /// <summary>Sends a request and waits for the whole answer. After an exception its outcome is unknown.</summary>
    public async ValueTask<HttpAnswer> SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            var socket = _socket ??= await ConnectAsync(cancellationToken);
            if (head.Length + body.Length <= _out.Length)
            {
                head.CopyTo(_out);
                body.CopyTo(_out.AsMemory(head.Length));
                await SendAllAsync(socket, _out.AsMemory(0, head.Length + body.Length), cancellationToken);
            }
            else
            {
                await SendAllAsync(socket, head, cancellationToken);
                await SendAllAsync(socket, body, cancellationToken);
            }

            return await ReceiveAsync(socket, cancellationToken);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = IPAddress.TryParse(host, out var address)
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await (address is null ? socket.ConnectAsync(host, port, cancellationToken) : socket.ConnectAsync(address, port, cancellationToken));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    private async ValueTask<HttpAnswer> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        _length = 0;
        int end;
        while ((end = _in.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync(socket, cancellationToken);

        var head = ParseHead(_in.AsSpan(0, end));
        var start = end + 4;
        int length;
        if (head.Chunked)
        {
            while (!TryUnchunk(_in.AsSpan(start, _length - start), out length))
                await FillAsync(socket, cancellationToken);
        }
        else
        {
            length = head.ContentLength;
            while (_length < start + length)
                await FillAsync(socket, cancellationToken);
        }

        if (head.Close)
            Dispose();
        return new HttpAnswer(head.Status, _in.AsMemory(start, length), head.RetryAfter);
    }

    private async ValueTask FillAsync(Socket socket, CancellationToken cancellationToken)
    {
        if (_length == _in.Length)
            Array.Resize(ref _in, 2 * _in.Length);
        var read = await socket.ReceiveAsync(_in.AsMemory(_length), SocketFlags.None, cancellationToken);
        if (read == 0)
            throw new IOException("The server closed the connection before it had answered.");
        _length += read;
    }

    private static (int Status, int ContentLength, bool Chunked, bool Close, int? RetryAfter) ParseHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..12], out int status, out _))
            throw new IOException("The server's answer is no HTTP/1.1.");
        var contentLength = 0;
        bool chunked = false, close = false;
        int? retryAfter = null;
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
                _ = Utf8Parser.TryParse(value, out contentLength, out _);
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
                chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
                close = Ascii.EqualsIgnoreCase(value, "close"u8);
            else if (Ascii.EqualsIgnoreCase(name, "retry-after"u8) && Utf8Parser.TryParse(value, out int seconds, out _))
                retryAfter = seconds;
        }

        return (status, contentLength, chunked, close, retryAfter);
    }

    // Moves the chunks together once the last one is there; until then it changes nothing.
    private static bool TryUnchunk(Span<byte> bytes, out int length)
    {
        length = 0;
        for (var pass = 0; pass < 2; pass++)
        {
            var at = 0;
            var written = 0;
            while (true)
            {
                var line = bytes[at..].IndexOf("\r\n"u8);
                if (line < 0)
                    return false;
                if (!Utf8Parser.TryParse(bytes.Slice(at, line), out int size, out _, 'X'))
                    throw new IOException("The server's chunks cannot be read.");
                at += line + 2;
                if (bytes.Length < at + size + 2)
                    return false;
                if (pass == 1)
                    bytes.Slice(at, size).CopyTo(bytes[written..]);
                written += size;
                at += size + 2;
                if (size == 0)
                    break;
            }

            length = written;
        }

        return true;
    }
}
