namespace Drift.Core.Rows;

/// <summary>
/// How the rows of a batch were served: by which adapter, how fast, with how many tokens, and whether a cache had the answer. Takes memory
/// only for what rows name. Reusable through <see cref="RowBatch.Clear"/>. Not thread-safe.
/// </summary>
public sealed class ServingCells
{
    /// <summary>The column's name in segments: <c>adapter=v3</c>.</summary>
    public const string AdapterName = "adapter";

    /// <summary>The version of the adapter that served a row, a text; missing when none did.</summary>
    public Cells Adapter { get; } = new(AdapterName);

    /// <summary>Milliseconds from the request to its answer, a number.</summary>
    public Cells LatencyMs { get; } = new("latency_ms");

    /// <summary>Tokens of the prompt, a number.</summary>
    public Cells PromptTokens { get; } = new("prompt");

    /// <summary>Tokens of the answer, a number.</summary>
    public Cells CompletionTokens { get; } = new("completion");

    /// <summary>Whether a cache had the answer: true for a hit, false for a miss, invalid for any other word.</summary>
    public Cells Cache { get; } = new("cache");

    /// <summary>Whether any row may have named an adapter.</summary>
    public bool HasAdapters => Adapter.LastRow >= 0;

    /// <summary>Whether any row may have said how fast or with what it was served.</summary>
    public bool HasMeasures => LatencyMs.LastRow >= 0 || PromptTokens.LastRow >= 0 || CompletionTokens.LastRow >= 0 || Cache.LastRow >= 0;

    internal long UsedBytes => Adapter.UsedBytes + LatencyMs.UsedBytes + PromptTokens.UsedBytes + CompletionTokens.UsedBytes + Cache.UsedBytes;

    internal long RetainedBytes =>
        Adapter.RetainedBytes + LatencyMs.RetainedBytes + PromptTokens.RetainedBytes + CompletionTokens.RetainedBytes + Cache.RetainedBytes;

    /// <summary>The column of that key of a row's <c>tokens</c>, or null for keys that are not counted, such as totals of others.</summary>
    public Cells? Tokens(ReadOnlySpan<byte> utf8Key) =>
        utf8Key.SequenceEqual("prompt"u8) ? PromptTokens : utf8Key.SequenceEqual("completion"u8) ? CompletionTokens : null;

    /// <summary>Sets whether a cache had the answer: <c>hit</c> or <c>miss</c>, in any case.</summary>
    public void SetCache(int row, ReadOnlySpan<byte> utf8Word)
    {
        if (System.Text.Ascii.EqualsIgnoreCase(utf8Word, "hit"u8))
            Cache.SetBoolean(row, true);
        else if (System.Text.Ascii.EqualsIgnoreCase(utf8Word, "miss"u8))
            Cache.SetBoolean(row, false);
        else
            Cache.SetInvalid(row);
    }

    internal void Unset(int row)
    {
        Adapter.Unset(row);
        LatencyMs.Unset(row);
        PromptTokens.Unset(row);
        CompletionTokens.Unset(row);
        Cache.Unset(row);
    }

    internal void Clear()
    {
        Adapter.Clear();
        LatencyMs.Clear();
        PromptTokens.Clear();
        CompletionTokens.Clear();
        Cache.Clear();
    }
}
