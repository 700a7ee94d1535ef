using System.Globalization;
using System.Text;

namespace Drift.Support;

/// <summary>A CSV file with a header, held in memory: RFC 4180 with quoted fields; an empty field is a missing value.</summary>
public sealed class CsvFile
{
    private readonly Dictionary<string, int> _columns;
    private readonly List<string[]> _rows;

    private CsvFile(List<string[]> records)
    {
        _columns = records[0].Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index);
        _rows = records[1..];
    }

    public int RowCount => _rows.Count;

    public IReadOnlyCollection<string> Columns => _columns.Keys;

    public static CsvFile Read(string path) => Parse(File.ReadAllText(path));

    public static CsvFile Parse(string text) => new(Records(text));

    /// <summary>The column's fields in rows [from, to), null where missing.</summary>
    public IEnumerable<string?> Values(string column, int from, int to)
    {
        var index = _columns[column];
        for (var row = from; row < to; row++)
        {
            var field = _rows[row][index];
            yield return field.Length == 0 ? null : field;
        }
    }

    /// <summary>The column's numbers in rows [from, to), missing ones left out.</summary>
    public double[] Numbers(string column, int from, int to) =>
        [.. Values(column, from, to).Where(v => v is not null).Select(v => double.Parse(v!, CultureInfo.InvariantCulture))];

    private static List<string[]> Records(string text)
    {
        var records = new List<string[]>();
        var record = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',')
            {
                EndField();
            }
            else if (c == '\n')
            {
                EndField();
                EndRecord();
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (field.Length > 0 || record.Count > 0)
        {
            EndField();
            EndRecord();
        }

        return records;

        void EndField()
        {
            record.Add(field.ToString());
            field.Clear();
        }

        void EndRecord()
        {
            records.Add([.. record]);
            record.Clear();
        }
    }
}
