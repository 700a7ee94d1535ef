using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Simulation;

/// <summary>One column of the simulated table: how a cell of it is drawn.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Draw">Sets the cell of a row.</param>
public sealed record ColumnModel(string Name, ColumnType Type, Action<RowBatch, Cells, int, SplitMix> Draw)
{
    /// <summary>A numeric column; NaN stands for missing.</summary>
    public static ColumnModel Numeric(string name, Func<SplitMix, double> draw) => new(name, ColumnType.Numeric, (_, cells, row, random) =>
    {
        var value = draw(random);
        if (!double.IsNaN(value))
            cells.SetNumber(row, value);
    });

    /// <summary>A categorical column of values c0, c1 … with the given weights; a share of the rows has none.</summary>
    public static ColumnModel Categorical(string name, double[] weights, double missing = 0, string prefix = "c")
    {
        var names = Enumerable.Range(0, weights.Length).Select(i => System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"{prefix}{i}"))).ToArray();
        var cumulative = new double[weights.Length];
        var total = weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            cumulative[i] = (i == 0 ? 0 : cumulative[i - 1]) + (weights[i] / total);
        return new ColumnModel(name, ColumnType.Categorical, (batch, cells, row, random) =>
        {
            if (missing == 0 || random.Uniform() >= missing)
                cells.SetText(row, batch.Texts.Add(names[random.Index(cumulative)]));
        });
    }

    /// <summary>Vectors of independent normal components around <paramref name="shift"/> along the first axis.</summary>
    public static ColumnModel Embedding(string name, int dimensions, double shift = 0) => new(name, ColumnType.Embedding, (_, cells, row, random) =>
    {
        Span<float> vector = stackalloc float[dimensions];
        for (var i = 0; i < dimensions; i++)
            vector[i] = (float)(random.Normal() + (i == 0 ? shift : 0));
        cells.SetVector(row, vector);
    });

    /// <summary>Texts of 1 + Poisson(<paramref name="words"/>) words of 1 + Poisson(4) letters.</summary>
    public static ColumnModel Text(string name, double words = 8) => new(name, ColumnType.Text, (batch, cells, row, random) =>
    {
        var text = new System.Text.StringBuilder();
        for (var left = random.Poisson(words); left >= 0; left--)
        {
            for (var letter = random.Poisson(4); letter >= 0; letter--)
                text.Append((char)('a' + (int)(26 * random.Uniform())));
            if (left > 0)
                text.Append(' ');
        }

        cells.SetText(row, batch.Texts.Add(text.ToString()));
    });

    /// <summary>Zipf weights 1/i^exponent.</summary>
    public static double[] Zipf(int count, double exponent = 1) => [.. Enumerable.Range(1, count).Select(i => Math.Pow(i, -exponent))];

    /// <summary>Equal weights.</summary>
    public static double[] Flat(int count) => [.. Enumerable.Repeat(1.0, count)];

    /// <summary>A first category that holds <paramref name="first"/> of all rows, the others Zipf: a country of residence.</summary>
    public static double[] OneBig(int count, double first)
    {
        var tail = Zipf(count - 1);
        var total = tail.Sum();
        return [first, .. tail.Select(w => w / total * (1 - first))];
    }
}
