namespace Drift.Standalone.Client;

/// <summary>Rows, or another body, ready to be sent.</summary>
/// <param name="Body">The body; kept until the request is answered, because it may be sent again.</param>
/// <param name="MediaType">Its media type.</param>
internal readonly record struct RowPayload(ReadOnlyMemory<byte> Body, string MediaType)
{
    /// <summary>Headers that depend on the body, made for each try; null for none.</summary>
    public Func<ReadOnlyMemory<byte>, IEnumerable<KeyValuePair<string, string>>>? Headers { get; init; }
}
