namespace Drift.Core.Gpus;

/// <summary>A node and its GPUs as they were last reported.</summary>
public sealed record GpuNode
{
    /// <summary>The longest name of a node.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The node's name.</summary>
    public string Node { get; init; } = "";

    /// <summary>Whether no report came for so long that the last one says nothing of now.</summary>
    public bool Silent { get; init; }

    /// <summary>The last report, with the GPUs that were there before.</summary>
    public GpuReport Report { get; init; } = new();

    /// <summary>Whether a text can be a node's name: 1 to 128 of <c>A–Z a–z 0–9 . _ -</c>, starting with a letter or digit.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxNameLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
