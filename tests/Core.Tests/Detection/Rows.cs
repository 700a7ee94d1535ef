using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Tests.Detection;

/// <summary>Builds references and windows from values written in a test: a number, a text, a vector, or null for missing.</summary>
internal static class Rows
{
    public static RowBatch Of(params (string Column, object?[] Values)[] columns)
    {
        var batch = new RowBatch();
        var rows = columns.Length == 0 ? 0 : columns.Max(c => c.Values.Length);
        for (var row = 0; row < rows; row++)
            batch.AddRow();
        foreach (var (column, values) in columns)
        {
            var cells = batch.Feature(column);
            for (var row = 0; row < values.Length; row++)
                Set(batch, cells, row, values[row]);
        }

        return batch;
    }

    public static Profile Reference(RowBatch batch, ModelSettings? settings = null) => Window(PlanBuilder.Build(1, batch, settings ?? new ModelSettings()), batch);

    public static Profile Window(Plan plan, RowBatch batch)
    {
        var profile = new Profile(plan);
        profile.Add(batch, [.. Enumerable.Range(0, batch.Count)]);
        return profile;
    }

    /// <summary>Every value as often as said.</summary>
    public static object?[] Repeat(params (object? Value, int Times)[] parts) => [.. parts.SelectMany(p => Enumerable.Repeat(p.Value, p.Times))];

    /// <summary>The numbers 0 … count−1, moved and stretched.</summary>
    public static object?[] Ramp(int count, double from = 0, double step = 1) => [.. Enumerable.Range(0, count).Select(i => (object?)(from + (step * i)))];

    private static void Set(RowBatch batch, Cells cells, int row, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                cells.SetText(row, batch.Texts.Add(text));
                break;
            case bool flag:
                cells.SetBoolean(row, flag);
                break;
            case float[] vector:
                cells.SetVector(row, vector);
                break;
            default:
                cells.SetNumber(row, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
