using Drift.Api.Errors;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Api.Ingest;

/// <summary>
/// Strict validation: the features of a batch against the plan's, or while the model learns against the declared ones. A null is no
/// break of the schema: whether values are missing is what data quality watches.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>Refuses a batch whose rows break the schema.</summary>
    /// <exception cref="ApiException">A feature is unknown, a declared one is not in the batch, or a value is of another type.</exception>
    public static void Require(RowBatch rows, CachedPlan plan) => Require(rows, plan.Plan is { } fixedPlan ? FromPlan(fixedPlan) : FromSettings(plan.Settings));

    /// <summary>Refuses reference rows that break the declared schema: the plan before them does not bind them.</summary>
    /// <exception cref="ApiException">As <see cref="Require(RowBatch, CachedPlan)"/>.</exception>
    public static void RequireDeclared(RowBatch rows, ModelSettings settings) => Require(rows, FromSettings(settings));

    private static void Require(RowBatch rows, Dictionary<string, Feature> wanted)
    {
        foreach (var cells in rows.Features)
        {
            if (wanted.Count == 0)
                RequireType(rows, cells, null, 0);
            else if (wanted.TryGetValue(cells.Name, out var feature))
                RequireType(rows, cells, feature.Type, feature.Dimensions);
            else
                throw Violation(FirstSet(rows, cells), cells.Name, $"is no feature of the model, which has {Names(wanted.Keys)}");
        }

        foreach (var name in wanted.Keys)
        {
            if (rows.FindFeature(name) is not { LastRow: >= 0 })
                throw Violation(0, name, "is a feature of the model and missing in every row; send it, as null where it has no value");
        }
    }

    private static Dictionary<string, Feature> FromPlan(Plan plan)
    {
        var features = new Dictionary<string, Feature>(StringComparer.Ordinal);
        foreach (var column in plan.Columns)
        {
            // A text or an embedding has several columns; the embedding's own one knows the length of its vectors.
            if (column.Role == ColumnRole.Feature && (column is EmbeddingColumnPlan || !features.ContainsKey(column.Source)))
                features[column.Source] = new Feature(column.Type, (column as EmbeddingColumnPlan)?.Dimensions ?? 0);
        }

        return features;
    }

    private static Dictionary<string, Feature> FromSettings(ModelSettings? settings) =>
        settings?.Features?.ToDictionary(f => f.Key, f => new Feature(f.Value?.Type, 0), StringComparer.Ordinal) ?? [];

    private static void RequireType(RowBatch rows, Cells cells, ColumnType? type, int dimensions)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var tag = cells.Tag(row);
            var right = tag == CellTag.Missing || (tag != CellTag.Invalid && type switch
            {
                ColumnType.Numeric => tag is CellTag.Number or CellTag.Boolean,
                ColumnType.Categorical => tag is CellTag.Text or CellTag.Number or CellTag.Boolean,
                ColumnType.Text => tag == CellTag.Text || (tag == CellTag.Number && cells.Text(row) >= 0),
                ColumnType.Embedding => tag == CellTag.Vector && (dimensions == 0 || cells.Vector(row).Length == dimensions),
                _ => true,
            });
            if (!right)
                throw Violation(row, cells.Name, $"is {Found(cells, row)}, it must be {Wanted(type, dimensions)}");
        }
    }

    private static string Found(Cells cells, int row) => cells.Tag(row) switch
    {
        CellTag.Number => "a number",
        CellTag.Text => "a text",
        CellTag.Boolean => "true or false",
        CellTag.Vector => $"a vector of {cells.Vector(row).Length} numbers",
        _ => "of no usable form",
    };

    private static string Wanted(ColumnType? type, int dimensions) => type switch
    {
        ColumnType.Numeric => "a number",
        ColumnType.Categorical => "a text, a number, true or false",
        ColumnType.Text => "a text",
        ColumnType.Embedding => dimensions == 0 ? "a vector of numbers" : $"a vector of {dimensions} numbers",
        _ => "a number, a text, true, false or a vector of numbers",
    };

    private static int FirstSet(RowBatch rows, Cells cells)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (cells.Tag(row) != CellTag.Missing)
                return row;
        }

        return Math.Max(0, cells.LastRow);
    }

    private static string Names(IReadOnlyCollection<string> names) =>
        names.Count <= 20 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(20))} and {names.Count - 20} more";

    private static ApiException Violation(int row, string feature, string message) =>
        ApiException.ForField(ErrorKind.SchemaViolation, $"features.{feature}", message, row);

    private readonly record struct Feature(ColumnType? Type, int Dimensions);
}
