using System.Globalization;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drift.Standalone.Commands;

/// <summary>A verdict's columns as a table, worst first, coloured by severity where there are colours.</summary>
internal static class VerdictTable
{
    private const string Nothing = "-";

    // In the order in which they are shown; Rank says which go first when the terminal is too narrow for all.
    private static readonly Figure[] Figures =
    [
        new("psi", 0, c => Number(c.Psi)),
        new("kl", 5, c => Number(c.Kl)),
        new("js", 2, c => Number(c.Js)),
        new("hellinger", 8, c => Number(c.Hellinger)),
        new("wasserstein", 4, c => Number(c.Wasserstein)),
        new("ks", 6, c => Number(c.Ks)),
        new("ks_p", 9, c => Probability(c.KsP)),
        new("chi2", 12, c => Number(c.Chi2)),
        new("chi2_p", 13, c => Probability(c.Chi2P)),
        new("l_inf", 10, c => Number(c.LInfinity)),
        new("mmd", 14, c => Number(c.Mmd)),
        new("p", 11, c => Probability(c.PValue)),
        new("q", 1, c => Probability(c.QValue)),
        new("missing", 3, c => Percent(c.Missing)),
        new("unseen", 7, c => c.Type == ColumnType.Categorical ? Percent(c.Unseen) : Nothing),
        new("out_of_range", 15, c => c.Type is ColumnType.Numeric ? Percent(c.OutOfRange) : Nothing),
    ];

    /// <summary>The table.</summary>
    /// <param name="columns">The columns, worst first.</param>
    /// <param name="width">Characters to a line; statistics that do not fit are left out, the least telling first.</param>
    /// <param name="leftOut">The names of the statistics left out.</param>
    public static IRenderable Of(IReadOnlyList<ColumnVerdict> columns, int width, out IReadOnlyList<string> leftOut)
    {
        var used = 6
            + Widest("column", columns.Select(c => c.Name))
            + Widest("type", columns.Select(TypeOf))
            + Widest("severity", columns.Select(c => Word(c.Severity)));
        var shown = new HashSet<Figure>();
        // A statistic that no column has says nothing, on the widest terminal.
        var candidates = Figures.Where(f => columns.Any(c => f.Show(c) != Nothing)).OrderBy(f => f.Rank).ToArray();
        foreach (var figure in candidates)
        {
            used += 2 + Widest(figure.Name, columns.Select(figure.Show));
            if (used > width)
                break;
            shown.Add(figure);
        }

        leftOut = [.. candidates.Where(f => !shown.Contains(f)).Select(f => f.Name)];
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        Add("column", right: false);
        Add("type", right: false);
        Add("severity", right: false);
        foreach (var figure in Figures.Where(shown.Contains))
            Add(figure.Name, right: true);
        foreach (var column in columns)
        {
            var style = StyleOf(column.Severity);
            table.AddRow([
                new Text(column.Name, style), new Text(TypeOf(column)), new Text(Word(column.Severity), style),
                .. Figures.Where(shown.Contains).Select(f => new Text(f.Show(column)))]);
        }

        return table;

        void Add(string name, bool right) => table.AddColumn(new TableColumn(new Text(name, new Style(decoration: Decoration.Dim)))
        {
            Alignment = right ? Justify.Right : Justify.Left,
            NoWrap = true,
            Padding = new Padding(0, 0, 2, 0),
        });
    }

    /// <summary>A severity in the words of the API.</summary>
    public static string Word(Severity severity) => severity switch
    {
        Severity.None => "none",
        Severity.Warning => "warning",
        Severity.Moderate => "moderate",
        _ => "critical",
    };

    /// <summary>The colour of a severity.</summary>
    public static Style StyleOf(Severity severity) => severity switch
    {
        Severity.None => new Style(Color.Green),
        Severity.Warning => new Style(Color.Yellow),
        Severity.Moderate => new Style(Color.DarkOrange),
        _ => new Style(Color.Red, decoration: Decoration.Bold),
    };

    /// <summary>The drifted columns in a line: <c>age (critical, psi 0.41), job (warning, psi 0.12)</c>.</summary>
    public static string Culprits(Verdict verdict, int most = 5)
    {
        var drifted = verdict.Features.Where(c => c.Drifted).ToArray();
        var named = string.Join(", ", drifted.Take(most).Select(c => $"{c.Name} ({Word(c.Severity)}, {Figure(c)})"));
        return drifted.Length > most ? $"{named} and {drifted.Length - most} more" : named;

        static string Figure(ColumnVerdict column) => column.Psi is null ? $"mmd {Number(column.Mmd)}" : $"psi {Number(column.Psi)}";
    }

    /// <summary>A statistic in three decimals.</summary>
    public static string Number(double? value) => value switch
    {
        null => Nothing,
        >= 1000 => value.Value.ToString("0.0e+0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double value) => value.ToString("0.0%", CultureInfo.InvariantCulture);

    private static string Probability(double? value) => value switch
    {
        null => Nothing,
        0 => "0",
        < 0.001 => value.Value.ToString("0e-0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string TypeOf(ColumnVerdict column) => column.Role == ColumnRole.Feature
        ? column.Type.ToString().ToLowerInvariant()
        : $"{column.Type.ToString().ToLowerInvariant()} {column.Role.ToString().ToLowerInvariant()}";

    private static int Widest(string header, IEnumerable<string> cells) => cells.Append(header).Max(c => c.Length);

    private sealed record Figure(string Name, int Rank, Func<ColumnVerdict, string> Show);
}
