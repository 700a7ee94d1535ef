using System.Buffers;
using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>Escapes text as both exposition formats ask for.</summary>
internal static class Escaping
{
    /// <summary>Appends the text with backslashes and line feeds escaped, and quotes where asked.</summary>
    /// <remarks>A NUL, which ends the input for some parsers, becomes U+FFFD; so does half a surrogate pair, on encoding.</remarks>
    public static void Append(StringBuilder builder, string text, bool quotes)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '\\':
                    builder.Append(@"\\");
                    break;
                case '\n':
                    builder.Append(@"\n");
                    break;
                case '"' when quotes:
                    builder.Append("\\\"");
                    break;
                case '\0':
                    builder.Append('\uFFFD');
                    break;
                default:
                    builder.Append(c);
                    break;
            }
        }
    }

    /// <summary>As <see cref="Append(StringBuilder, string, bool)"/>, in UTF-8.</summary>
    public static void Append(IBufferWriter<byte> writer, string text, bool quotes)
    {
        if (!text.AsSpan().ContainsAny("\\\n\"\0"))
        {
            Encoding.UTF8.GetBytes(text, writer);
            return;
        }

        var escaped = new StringBuilder(text.Length + 4);
        Append(escaped, text, quotes);
        Encoding.UTF8.GetBytes(escaped.ToString(), writer);
    }
}
