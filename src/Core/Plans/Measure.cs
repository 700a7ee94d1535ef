namespace Drift.Core.Plans;

/// <summary>Which number of a source cell a numeric column counts.</summary>
public enum Measure : byte
{
    /// <summary>The value itself.</summary>
    Value = 0,

    /// <summary>Length of a text in characters (UTF-16 code units).</summary>
    TextLength = 1,

    /// <summary>Number of whitespace-separated tokens of a text.</summary>
    TextTokens = 2,

    /// <summary>Share of a text's characters outside ASCII, 0 to 1.</summary>
    TextNonAscii = 3,

    /// <summary>Euclidean norm of a vector.</summary>
    VectorNorm = 4,
}
