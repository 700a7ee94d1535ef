using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Statistics;

namespace Drift.Core.Plans;

/// <summary>Fixes a model's plan from its reference rows: types, bins, dictionaries, task. Deterministic: the same rows give the same plan.</summary>
public static class PlanBuilder
{
    /// <summary>Categories that get a bin of their own; the rest of the reference shares one.</summary>
    public const int MaxCategories = 256;

    /// <summary>Reference categories behind the named ones that are still told from unseen values; beyond, every unknown value counts as other.</summary>
    public const int MaxTail = 65_536;

    private const int Coarse = 10;

    /// <summary>Builds a plan.</summary>
    /// <param name="version">The plan's version, 1 or more.</param>
    /// <param name="rows">The reference rows.</param>
    /// <param name="settings">Declared types, task and segments; what is not declared is inferred.</param>
    public static Plan Build(int version, RowBatch rows, ModelSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        var columns = new List<ColumnPlan>();
        // The parts of a text or an embedding must not be called what another feature is called.
        HashSet<string> taken = [.. rows.Features.Select(f => f.Name), .. settings.Features?.Keys ?? []];
        foreach (var cells in rows.Features)
            AddColumns(columns, taken, rows, cells, cells.Name, ColumnRole.Feature, settings.Features?.GetValueOrDefault(cells.Name)?.Type);
        foreach (var (name, declared) in settings.Features ?? new Dictionary<string, FeatureSettings>())
        {
            // Declared, but in no reference row: kept with an empty reference so that a verdict can say what became of it.
            if (rows.FindFeature(name) is null && declared.Type is { } type and not ColumnType.Embedding)
                AddColumns(columns, taken, rows, new RowBatch().Feature(name), name, ColumnRole.Feature, type);
        }

        var task = settings.Task ?? InferTask(rows);
        var outputType = task == ModelTask.Regression ? ColumnType.Numeric : ColumnType.Categorical;
        if (HasValues(rows, rows.Prediction))
            AddColumns(columns, taken, rows, rows.Prediction, "prediction", ColumnRole.Prediction, task == ModelTask.None ? null : outputType);
        if (HasValues(rows, rows.Score))
            AddColumns(columns, taken, rows, rows.Score, "score", ColumnRole.Score, ColumnType.Numeric, source: "");
        foreach (var cells in rows.ClassScores)
            AddColumns(columns, taken, rows, cells, $"score.{cells.Name}", ColumnRole.Score, ColumnType.Numeric, cells.Name);
        if (HasValues(rows, rows.Label))
            AddColumns(columns, taken, rows, rows.Label, "label", ColumnRole.Label, task == ModelTask.None ? null : outputType);
        return new Plan(version, task, task == ModelTask.Binary ? settings.Positive ?? InferPositive(rows) : null, [.. settings.Segments], columns);
    }

    /// <summary>
    /// The type that a column's cells suggest: vectors → embedding; a majority of numbers → numeric; texts that are mostly distinct
    /// and long or many-worded → text; anything else → categorical.
    /// </summary>
    public static ColumnType InferType(RowBatch rows, Cells cells)
    {
        long numbers = 0, texts = 0, booleans = 0, vectors = 0, words = 0, bytes = 0;
        var distinct = new HashSet<int>();
        for (var row = 0; row < rows.Count; row++)
        {
            switch (cells.Tag(row))
            {
                case CellTag.Number:
                    numbers++;
                    break;
                case CellTag.Boolean:
                    booleans++;
                    break;
                case CellTag.Vector:
                    vectors++;
                    break;
                case CellTag.Text:
                    texts++;
                    var text = rows.Texts[cells.Text(row)];
                    distinct.Add(cells.Text(row));
                    bytes += text.Length;
                    words += 1 + text.Count((byte)' ');
                    break;
            }
        }

        if (vectors > numbers + texts + booleans)
            return ColumnType.Embedding;
        if (numbers > texts + booleans)
            return ColumnType.Numeric;
        return texts > booleans && distinct.Count > 0.5 * texts && distinct.Count > BinEdges.DistinctLimit && (words >= 3 * texts || bytes >= 40 * texts)
            ? ColumnType.Text
            : ColumnType.Categorical;
    }

    private static void AddColumns(
        List<ColumnPlan> columns,
        HashSet<string> taken,
        RowBatch rows,
        Cells cells,
        string name,
        ColumnRole role,
        ColumnType? declared,
        string? source = null)
    {
        source ??= name;
        var type = declared ?? InferType(rows, cells);
        switch (type)
        {
            case ColumnType.Numeric:
                columns.Add(Numeric(name, role, type, source, Measure.Value, rows, cells));
                break;
            case ColumnType.Text:
                columns.Add(Numeric(PartOf(name, "length", taken), role, type, source, Measure.TextLength, rows, cells));
                columns.Add(Numeric(PartOf(name, "tokens", taken), role, type, source, Measure.TextTokens, rows, cells));
                columns.Add(Numeric(PartOf(name, "non_ascii", taken), role, type, source, Measure.TextNonAscii, rows, cells));
                break;
            case ColumnType.Embedding:
                if (Embedding(name, role, source, rows, cells) is { } embedding)
                {
                    columns.Add(embedding);
                    columns.Add(Numeric(PartOf(name, "norm", taken), role, type, source, Measure.VectorNorm, rows, cells));
                }

                break;
            default:
                columns.Add(Categorical(name, role, source, rows, cells));
                break;
        }
    }

    private static string PartOf(string name, string part, HashSet<string> taken)
    {
        var full = $"{name}.{part}";
        while (taken.Contains(full))
            full += "_";
        return full;
    }

    private static NumericColumnPlan Numeric(string name, ColumnRole role, ColumnType type, string source, Measure measure, RowBatch rows, Cells cells)
    {
        var values = new List<double>(rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            if (Measures.TryMeasure(cells, row, rows.Texts, measure, out var value) && double.IsFinite(value))
                values.Add(value);
        }

        var sorted = values.ToArray();
        Array.Sort(sorted);
        var fine = sorted.Length == 0 ? [] : BinEdges.Fine(sorted);
        var deciles = sorted.Length == 0 ? [] : BinEdges.Coarse(sorted);
        var decileOf = Enumerable.Range(0, fine.Length + 1).Select(bin => bin == 0 ? 0 : EdgeIndex.UpperBound(deciles, fine[bin - 1])).ToArray();
        return new NumericColumnPlan(name, role, type, source, measure, ScaleOf(sorted), fine, decileOf, AutoBins(sorted, fine, decileOf));
    }

    /// <summary>
    /// The coarse bins of <c>bins: auto</c>: below, at and above a constant; a bin per value up to 20 of them; else deciles. Ties can make deciles coincide (a column that is 90 % zeros has one bin left, and no
    /// statistic sees it move), so then the percentile bins are grouped afresh: each group takes bins until it holds its part of
    /// the rows that are left.
    /// </summary>
    private static int[] AutoBins(double[] sorted, double[] edges, int[] decileOf)
    {
        var bins = edges.Length + 1;
        if (sorted.Length == 0 || sorted[0] == sorted[^1])
            return [.. Enumerable.Range(0, bins)];
        if (CountDistinct(sorted) <= BinEdges.DistinctLimit)
        {
            // Decile edges between two values cut a bin that no reference row is in; each value's bin takes it in.
            var counts = FineCounts(sorted, edges);
            var values = new int[bins];
            for (var bin = 1; bin < bins; bin++)
                values[bin] = values[bin - 1] + (counts[bin] > 0 ? 1 : 0);
            return values;
        }

        if (decileOf[^1] + 1 == Coarse)
            return decileOf;
        var coarseOf = new int[bins];
        var fine = FineCounts(sorted, edges);
        double left = sorted.Length, inGroup = 0;
        var group = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            var target = left / (Coarse - group);
            if (bin > 0 && inGroup > 0 && group < Coarse - 1 && inGroup + (fine[bin] / 2.0) > target)
            {
                left -= inGroup;
                inGroup = 0;
                group++;
            }

            coarseOf[bin] = group;
            inGroup += fine[bin];
        }

        return coarseOf;
    }

    private static long[] FineCounts(double[] values, double[] edges)
    {
        var counts = new long[edges.Length + 1];
        foreach (var value in values)
            counts[EdgeIndex.UpperBound(edges, value)]++;
        return counts;
    }

    private static NumericScale ScaleOf(double[] sorted)
    {
        if (sorted.Length == 0)
            return new NumericScale(0, 0, 0, 0, 0, double.NegativeInfinity, double.PositiveInfinity);

        // Halved and shifted so that neither sums nor squares overflow for values near the largest double.
        var middle = sorted[sorted.Length / 2];
        var mean = 0.0;
        for (var i = 0; i < sorted.Length; i++)
            mean += ((sorted[i] / 2) - (middle / 2) - mean) / (i + 1);
        mean = Math.Clamp((mean + (middle / 2)) * 2, sorted[0], sorted[^1]);
        var reach = Math.Max(Math.Abs((sorted[0] / 2) - (mean / 2)), Math.Abs((sorted[^1] / 2) - (mean / 2)));
        var squares = 0.0;
        if (reach > 0)
        {
            foreach (var value in sorted)
                squares += Math.Pow(((value / 2) - (mean / 2)) / reach, 2);
        }

        var sigma = Math.Min(2 * reach * Math.Sqrt(squares / sorted.Length), double.MaxValue / 4);
        if (sorted[0] == sorted[^1])
            sigma = 0;
        double q1 = Quantiles.Linear(sorted, 0.25), q3 = Quantiles.Linear(sorted, 0.75);
        return new NumericScale(sorted.Length, mean, sigma, sorted[0], sorted[^1], q1 - (3 * (q3 - q1)), q3 + (3 * (q3 - q1)));
    }

    private static int CountDistinct(double[] sorted)
    {
        var distinct = 0;
        for (var i = 0; i < sorted.Length && distinct <= BinEdges.DistinctLimit; i++)
            distinct += i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
        return distinct;
    }

    private static CategoricalColumnPlan Categorical(string name, ColumnRole role, string source, RowBatch rows, Cells cells)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var row = 0; row < rows.Count; row++)
        {
            if (cells.Category(row, rows.Texts) is { } category)
                counts[category] = counts.GetValueOrDefault(category) + 1;
        }

        var ranked = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key).ToArray();
        var tail = ranked.Skip(MaxCategories).Take(MaxTail).Select(StableHash.Compute).Order().ToArray();
        return new CategoricalColumnPlan(name, role, source, ranked.Take(MaxCategories).ToArray(), tail);
    }

    private static EmbeddingColumnPlan? Embedding(string name, ColumnRole role, string source, RowBatch rows, Cells cells)
    {
        var lengths = new Dictionary<int, int>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (cells.Tag(row) == CellTag.Vector && cells.Vector(row).Length is > 0 and <= EmbeddingColumnPlan.MaxDimensions and var length)
                lengths[length] = lengths.GetValueOrDefault(length) + 1;
        }

        if (lengths.Count == 0)
            return null;
        var dimensions = lengths.OrderByDescending(l => l.Value).ThenBy(l => l.Key).First().Key;
        var vectors = new List<float[]>();
        for (var row = 0; row < rows.Count && vectors.Count < 200; row++)
        {
            if (cells.Tag(row) == CellTag.Vector && cells.Vector(row) is var vector && vector.Length == dimensions && Measures.IsFinite(vector))
                vectors.Add(vector.ToArray());
        }

        // The median heuristic (Gretton et al. 2012): the kernel is as wide as the typical distance.
        var distances = new List<double>();
        double largest = 0;
        for (var i = 0; i < vectors.Count; i++)
        {
            foreach (var value in vectors[i])
                largest = Math.Max(largest, Math.Abs(value));
            for (var j = i + 1; j < vectors.Count; j++)
                distances.Add(Measures.Distance(vectors[i], vectors[j]));
        }

        distances.Sort();
        var median = distances.Count > 0 ? distances[distances.Count / 2] : 0;
        var scale = largest > 0 ? largest : 1;
        return new EmbeddingColumnPlan(name, role, source, dimensions, median > 0 && double.IsFinite(median) ? median : scale, scale);
    }

    private static bool HasValues(RowBatch rows, Cells cells)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (cells.Tag(row) is not CellTag.Missing and not CellTag.Invalid)
                return true;
        }

        return false;
    }

    private static ModelTask InferTask(RowBatch rows)
    {
        var output = HasValues(rows, rows.Prediction) ? rows.Prediction : rows.Label;
        if (!HasValues(rows, output))
            return ModelTask.None;
        var classes = new HashSet<string>(StringComparer.Ordinal);
        var whole = true;
        for (var row = 0; row < rows.Count; row++)
        {
            if (output.Category(row, rows.Texts) is not { } value)
                continue;
            classes.Add(value);
            whole &= output.Tag(row) != CellTag.Number || double.IsInteger(output.Number(row));
        }

        if (InferType(rows, output) == ColumnType.Numeric && (!whole || classes.Count > BinEdges.DistinctLimit))
            return ModelTask.Regression;
        return classes.Count <= 2 ? ModelTask.Binary : ModelTask.Multiclass;
    }

    private static string? InferPositive(RowBatch rows)
    {
        var classes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var cells in (Cells[])[rows.Prediction, rows.Label])
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (cells.Category(row, rows.Texts) is { } value)
                    classes.Add(value);
            }
        }

        foreach (var usual in (string[])["1", "true", "True", "yes", "positive"])
        {
            if (classes.Contains(usual))
                return usual;
        }

        return classes.Max;
    }
}
