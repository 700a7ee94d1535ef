using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Drift.Load.Tests;

public sealed class BodiesTests
{
    private static readonly LoadOptions Options = new() { Url = new Uri("http://127.0.0.1"), BatchRows = 7, NumericColumns = 3, CategoricalColumns = 2 };

    [Fact]
    public void Every_format_holds_the_same_rows()
    {
        var json = Rows(RowFormat.Json);
        Assert.Equal(Options.BatchRows, json.Count);
        Assert.All(json, row => Assert.Equal(["n0", "n1", "n2", "c0", "c1"], row.Keys));
        Assert.Equal(json, Rows(RowFormat.Ndjson));
        Assert.Equal(json, Rows(RowFormat.Columnar));
        Assert.Equal(json, Rows(RowFormat.Csv));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bodies_and_another_seed_others()
    {
        Assert.Equal(Bodies.Create(Options), Bodies.Create(Options));
        Assert.NotEqual(Bodies.Create(Options)[0], Bodies.Create(Options with { Seed = 2 })[0]);
        Assert.Equal(16, Bodies.Create(Options).Select(Encoding.UTF8.GetString).Distinct().Count());
    }

    [Fact]
    public void Seventeen_digits_are_exact_doubles()
    {
        var lengths = Rows(RowFormat.Json, Options with { BatchRows = 200, Digits = 17 }).Select(r => r["n0"].Length);
        Assert.True(lengths.Average() > 15);
    }

    [Fact]
    public async Task The_parsing_endpoint_reads_every_number()
    {
        var options = Options with { BatchRows = 2000 };
        var body = Bodies.Create(options)[0];
        var expected = Rows(RowFormat.Json, options).SelectMany(r => r.Where(c => c.Key[0] == 'n')).Sum(c => double.Parse(c.Value, CultureInfo.InvariantCulture));
        var (numbers, sum) = await BaselineServer.WalkAsync(PipeReader.Create(new MemoryStream(body), new StreamPipeReaderOptions(bufferSize: 61)), CancellationToken.None);
        Assert.Equal(6000, numbers);
        Assert.Equal(expected, sum, 6);
    }

    private static List<Dictionary<string, string>> Rows(RowFormat format, LoadOptions? options = null)
    {
        var body = Encoding.UTF8.GetString(Bodies.Create((options ?? Options) with { Format = format })[0]);
        switch (format)
        {
            case RowFormat.Csv:
                var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(',')).ToList();
                return [.. lines.Skip(1).Select(l => lines[0].Zip(l).ToDictionary(c => c.First, c => c.Second))];
            case RowFormat.Columnar:
                using (var columns = JsonDocument.Parse(body))
                {
                    var cells = columns.RootElement.GetProperty("columns").GetProperty("features").EnumerateObject()
                        .ToDictionary(c => c.Name, c => c.Value.EnumerateArray().Select(v => v.ToString()).ToList());
                    return [.. Enumerable.Range(0, cells["n0"].Count).Select(row => cells.ToDictionary(c => c.Key, c => c.Value[row]))];
                }

            default:
                var rows = format == RowFormat.Ndjson ? $"{{\"rows\":[{body.TrimEnd().Replace('\n', ',')}]}}" : body;
                using (var document = JsonDocument.Parse(rows))
                {
                    return [.. document.RootElement.GetProperty("rows").EnumerateArray()
                        .Select(r => r.GetProperty("features").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.ToString()))];
                }
        }
    }
}
