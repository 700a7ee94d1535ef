namespace Drift.Core.Plans;

/// <summary>The type of a column.</summary>
public enum ColumnType : byte
{
    /// <summary>Numbers.</summary>
    Numeric = 0,

    /// <summary>Names of categories.</summary>
    Categorical = 1,

    /// <summary>Free text, watched through its length, tokens and share of non-ASCII.</summary>
    Text = 2,

    /// <summary>Vectors, watched through their norm, mean and random Fourier features.</summary>
    Embedding = 3,
}
