using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Drift.Api.Rows;

/// <summary>What all formats ask of a body's bytes before its grammar: UTF-8, with or without a byte-order mark.</summary>
internal static class Utf8Body
{
    /// <summary>The body without its byte-order mark, if it has one.</summary>
    public static ReadOnlySequence<byte> WithoutMark(in ReadOnlySequence<byte> body)
    {
        if (body.Length < 3)
            return body;
        Span<byte> head = stackalloc byte[3];
        body.Slice(0, 3).CopyTo(head);
        return head.SequenceEqual("\uFEFF"u8) ? body.Slice(3) : body;
    }

    /// <summary>Offset of the first byte that is not UTF-8, −1 when there is none.</summary>
    public static long FirstInvalid(in ReadOnlySequence<byte> body)
    {
        // A character may lie across segments: its first bytes are carried over and completed byte by byte.
        Span<byte> carry = stackalloc byte[4];
        var carried = 0;
        var offset = 0L;
        foreach (var memory in body)
        {
            var span = memory.Span;
            while (carried > 0 && !span.IsEmpty)
            {
                carry[carried++] = span[0];
                span = span[1..];
                var status = Rune.DecodeFromUtf8(carry[..carried], out _, out _);
                if (status == OperationStatus.Done)
                {
                    offset += carried;
                    carried = 0;
                }
                else if (status != OperationStatus.NeedMoreData)
                {
                    return offset;
                }
            }

            if (span.IsEmpty)
                continue;
            var tail = IncompleteTail(span);
            var whole = span[..^tail];
            if (!Utf8.IsValid(whole))
                return offset + IndexOfInvalid(whole);
            offset += whole.Length;
            span[^tail..].CopyTo(carry);
            carried = tail;
        }

        return carried > 0 ? offset : -1;
    }

    /// <summary>Line and byte in it, both counted from 1, of an offset.</summary>
    public static (long Line, long Byte) Locate(in ReadOnlySequence<byte> body, long offset)
    {
        var line = 1L;
        var column = 1L;
        foreach (var memory in body.Slice(0, offset))
        {
            var span = memory.Span;
            line += span.Count((byte)'\n');
            var last = span.LastIndexOf((byte)'\n');
            column = last < 0 ? column + span.Length : span.Length - last;
        }

        return (line, column);
    }

    // How many bytes at the end begin a character that the span does not complete.
    private static int IncompleteTail(ReadOnlySpan<byte> span)
    {
        for (var back = 1; back <= Math.Min(3, span.Length); back++)
        {
            var value = span[^back];
            if ((value & 0xC0) == 0x80)
                continue;
            var length = value switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return length > back ? back : 0;
        }

        return 0;
    }

    private static int IndexOfInvalid(ReadOnlySpan<byte> span)
    {
        var index = 0;
        while (index < span.Length && Rune.DecodeFromUtf8(span[index..], out _, out var consumed) == OperationStatus.Done)
            index += consumed;
        return index;
    }
}
