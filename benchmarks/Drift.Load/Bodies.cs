using System.Globalization;
using System.Text;
using Drift.Simulation;

namespace Drift.Load;

/// <summary>
/// Request bodies, prepared once so that sending one costs the generator no more than a copy into the socket. Numeric columns are normal
/// with a mean and a spread of their own, categorical ones take 12 values, the first ones more often.
/// </summary>
internal static class Bodies
{
    private const int Most = 16;
    private const int MostBytes = 64 * 1024 * 1024;
    private static readonly string[] Values =
        ["nurse", "clerk", "baker", "pilot", "teacher", "farmer", "miner", "cook", "driver", "painter", "tailor", "judge"];

    /// <summary>Bodies that differ in their values: 16, or as many as fit into 64 MiB, one at least.</summary>
    public static byte[][] Create(LoadOptions options)
    {
        var random = new SplitMix(options.Seed);
        var bodies = new List<byte[]> { CreateOne(options, options.BatchRows, random) };
        for (long bytes = bodies[0].Length; bodies.Count < Most && bytes + bodies[0].Length <= MostBytes; bytes += bodies[^1].Length)
            bodies.Add(CreateOne(options, options.BatchRows, random));
        return [.. bodies];
    }

    public static byte[] CreateOne(LoadOptions options, int rows, SplitMix random)
    {
        var names = Enumerable.Range(0, options.NumericColumns).Select(i => $"n{i}")
            .Concat(Enumerable.Range(0, options.CategoricalColumns).Select(i => $"c{i}")).ToArray();
        var times = options.History > TimeSpan.Zero ? TimesOf(options.History, rows) : null;
        var cells = new string[rows][];
        for (var row = 0; row < rows; row++)
        {
            cells[row] = new string[names.Length];
            for (var column = 0; column < names.Length; column++)
                cells[row][column] = column < options.NumericColumns ? Number(column, options.Digits, random) : Category(random, options.Format);
        }

        var text = new StringBuilder();
        switch (options.Format)
        {
            case RowFormat.Json:
                text.Append("{\"rows\":[");
                for (var row = 0; row < rows; row++)
                    AppendRow(text.Append(row == 0 ? "" : ","), times?[row], names, cells[row]);
                text.Append("]}");
                break;
            case RowFormat.Ndjson:
                for (var row = 0; row < rows; row++)
                    AppendRow(text, times?[row], names, cells[row]).Append('\n');
                break;
            case RowFormat.Columnar:
                text.Append("{\"columns\":{");
                if (times is not null)
                    text.Append("\"ts\":[").AppendJoin(',', times.Select(t => $"\"{t}\"")).Append("],");
                text.Append("\"features\":{");
                for (var column = 0; column < names.Length; column++)
                {
                    text.Append(column == 0 ? "\"" : ",\"").Append(names[column]).Append("\":[")
                        .AppendJoin(',', cells.Select(r => r[column])).Append(']');
                }

                text.Append("}}}");
                break;
            case RowFormat.Csv:
                text.Append(times is null ? "" : "ts,").AppendJoin(',', names).Append('\n');
                for (var row = 0; row < rows; row++)
                    text.Append(times is null ? "" : $"{times[row]},").AppendJoin(',', cells[row]).Append('\n');
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Format, "This format is unknown.");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static string ContentType(RowFormat format) => format switch
    {
        RowFormat.Ndjson => "application/x-ndjson",
        RowFormat.Csv => "text/csv",
        _ => "application/json",
    };

    private static string[] TimesOf(TimeSpan history, int rows)
    {
        var now = DateTime.UtcNow;
        return [.. Enumerable.Range(0, rows).Select(row => (now - (history * ((row + 0.5) / rows))).ToString("O", CultureInfo.InvariantCulture))];
    }

    private static StringBuilder AppendRow(StringBuilder text, string? time, string[] names, string[] cells)
    {
        text.Append('{');
        if (time is not null)
            text.Append("\"ts\":\"").Append(time).Append("\",");
        text.Append("\"features\":{");
        for (var column = 0; column < names.Length; column++)
            text.Append(column == 0 ? "\"" : ",\"").Append(names[column]).Append("\":").Append(cells[column]);
        return text.Append("}}");
    }

    private static string Number(int column, int digits, SplitMix random)
    {
        var value = column + ((1 + (column % 5)) * random.Normal());
        return value.ToString(digits == 17 ? "R" : string.Create(CultureInfo.InvariantCulture, $"F{digits}"), CultureInfo.InvariantCulture);
    }

    private static string Category(SplitMix random, RowFormat format)
    {
        var uniform = random.Uniform();
        var value = Values[(int)(uniform * uniform * Values.Length)];
        return format == RowFormat.Csv ? value : $"\"{value}\"";
    }
}
