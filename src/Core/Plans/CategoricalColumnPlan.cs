using System.Text;
using System.Text.Unicode;
using Drift.Core.Rows;

namespace Drift.Core.Plans;

/// <summary>A categorical column: the reference's most frequent values by name, the rest of the reference as one, the unseen as one.</summary>
public sealed class CategoricalColumnPlan : ColumnPlan
{
    private readonly TextTable _codes;
    private readonly HashSet<ulong> _tail;

    internal CategoricalColumnPlan(string name, ColumnRole role, string source, string[] categories, ulong[] tail)
        : base(name, role, ColumnType.Categorical, source)
    {
        Categories = categories;
        Tail = tail;
        _codes = new TextTable(categories);
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
    public int CodeOf(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var buffer = length <= 256 ? stackalloc byte[256] : new byte[length];
        return CodeOf(buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
    }

    /// <summary>The code of a value given as UTF-8; makes no string. Bytes that are no UTF-8 mean what they decode to.</summary>
    public int CodeOf(ReadOnlySpan<byte> utf8)
    {
        var code = _codes.Find(utf8);
        if (code >= 0)
            return code;
        if (!Utf8.IsValid(utf8))
            return CodeOf(Encoding.UTF8.GetString(utf8));
        return IsInTail(utf8) ? Other : Unseen;
    }

    // A full tail may have left values out, so then no value can be called unseen.
    private bool IsInTail(ReadOnlySpan<byte> utf8) =>
        Tail.Length >= PlanBuilder.MaxTail || (_tail.Count > 0 && _tail.Contains(StableHash.Compute(utf8)));
}
