using System.Buffers.Text;

namespace Drift.Load;

/// <summary>What the generator needs of a receipt, found without parsing the rest. Of a running receipt the last figures hold.</summary>
internal readonly record struct Receipt(long Accepted, bool Duplicate)
{
    public static bool TryRead(ReadOnlySpan<byte> body, out Receipt receipt)
    {
        receipt = default;
        var accepted = "\"accepted\":"u8;
        var at = body.LastIndexOf(accepted);
        if (at < 0 || !Utf8Parser.TryParse(body[(at + accepted.Length)..].TrimStart((byte)' '), out long rows, out _))
            return false;
        var duplicate = "\"duplicate\":"u8;
        at = body.LastIndexOf(duplicate);
        receipt = new Receipt(rows, at >= 0 && body[(at + duplicate.Length)..].TrimStart((byte)' ').StartsWith("true"u8));
        return true;
    }
}
