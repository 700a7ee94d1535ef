using Drift.Core.Rows;

namespace Drift.Core.Plans;

/// <summary>A categorical column: the reference's most frequent values by name, the rest of the reference as one, the unseen as one.</summary>
public sealed class CategoricalColumnPlan : ColumnPlan
{
    private readonly Dictionary<string, int> _codes;
    private readonly HashSet<ulong> _tail;

    internal CategoricalColumnPlan(string name, ColumnRole role, string source, string[] categories, ulong[] tail)
        : base(name, role, ColumnType.Categorical, source)
    {
        Categories = categories;
        Tail = tail;
        _codes = new Dictionary<string, int>(categories.Length, StringComparer.Ordinal);
        foreach (var category in categories)
            _codes.Add(category, _codes.Count);
        _tail = [.. tail];
    }

    /// <summary>The named categories, most frequent first.</summary>
    public IReadOnlyList<string> Names => Categories;

    /// <summary>Code of reference values that are not named.</summary>
    public int Other => Categories.Length;

    /// <summary>Code of values that the reference never had.</summary>
    public int Unseen => Categories.Length + 1;

    /// <summary>Number of codes: the named ones, other, unseen.</summary>
    public int Bins => Categories.Length + 2;

    /// <summary>The names without copying.</summary>
    internal string[] Categories { get; }

    /// <summary>Stable hashes of the reference values behind <see cref="Other"/>, ascending.</summary>
    internal ulong[] Tail { get; }

    /// <summary>The code of a value.</summary>
    public int CodeOf(string value) =>
        _codes.TryGetValue(value, out var code) ? code : IsInTail(value) ? Other : Unseen;

    // A full tail may have left values out, so then no value can be called unseen.
    private bool IsInTail(string value) =>
        Tail.Length >= PlanBuilder.MaxTail || (_tail.Count > 0 && _tail.Contains(StableHash.Compute(value)));
}
