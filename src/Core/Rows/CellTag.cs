namespace Drift.Core.Rows;

/// <summary>What one cell of a batch holds, as the reader found it; the plan decides what it means.</summary>
public enum CellTag : byte
{
    /// <summary>Absent, null, or one of CSV's missing markers.</summary>
    Missing = 0,

    /// <summary>A number; not finite when the text says so (CSV <c>inf</c>, JSON <c>1e400</c>).</summary>
    Number = 1,

    /// <summary>A text.</summary>
    Text = 2,

    /// <summary>True or false.</summary>
    Boolean = 3,

    /// <summary>An array of numbers (an embedding).</summary>
    Vector = 4,

    /// <summary>A value of no usable form, such as a nested object; counted as a type mismatch.</summary>
    Invalid = 5,
}
