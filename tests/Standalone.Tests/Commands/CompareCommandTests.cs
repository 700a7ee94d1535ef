using System.Text.Json;
using Drift.Api.Rows;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Windows;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Drift.Support;

namespace Drift.Standalone.Tests.Commands;

public sealed class CompareCommandTests : IDisposable
{
    private static readonly string[] BikeOptions =
    [
        "--label", "target", "--prediction", "y_pred", "--ignore", "instant,dteday,yr",
        "--categorical", "season,mnth,hr,holiday,weekday,workingday,weathersit",
        "--reference-rows", "0-8645", "--current-rows", "13035-17379",
    ];

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [DataFact]
    public async Task Compare_BikeHour_NamesWhatDrifted()
    {
        var file = SharedData.PathOf("bike_hour.csv");

        var run = await CommandRun.OfAsync(["compare", file, file, .. BikeOptions]);

        Assert.Equal(("", Cli.Drift), (run.Error, run.Code));
        var lines = run.Output.Split('\n');
        Assert.Contains("severity", lines[0], StringComparison.Ordinal);
        foreach (var statistic in (string[])["psi", "kl", "js", "hellinger", "wasserstein", "ks", "ks_p", "chi2", "chi2_p", "q", "missing", "unseen"])
            Assert.Contains($" {statistic} ", lines[0] + " ", StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("temp ", StringComparison.Ordinal) && l.Contains(" moderate ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("holiday ", StringComparison.Ordinal) && l.Contains(" none ", StringComparison.Ordinal));
        Assert.Contains("critical:", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", run.Output, StringComparison.Ordinal);
    }

    [DataFact]
    public async Task Compare_Adult_FindsNothing()
    {
        var file = SharedData.PathOf("adult.csv");

        var run = await CommandRun.OfAsync(
            "compare", file, file, "--label", "target", "--prediction", "y_pred", "--score", "y_score", "--reference-rows", "0-24421", "--current-rows", "36632-48842");

        Assert.Equal(("", Cli.Ok), (run.Error, run.Code));
        Assert.Contains("none: 0 of ", run.Output, StringComparison.Ordinal);
        Assert.Contains("accuracy ", run.Output, StringComparison.Ordinal);
    }

    [DataFact]
    public async Task Compare_Json_IsCoresVerdictAndNothingElse()
    {
        var file = SharedData.PathOf("bike_hour.csv");
        var clock = new FakeClock();

        var run = await CommandRun.OfAsync(clock, ["compare", file, file, "--json", .. BikeOptions]);

        var names = BikeOptions[7].Split(',');
        var settings = new ModelSettings { Features = names.ToDictionary(n => n, _ => new FeatureSettings { Type = ColumnType.Categorical }) };
        var bytes = await File.ReadAllBytesAsync(file);
        var lines = System.Text.Encoding.UTF8.GetString(bytes).Split('\n');
        var reference = Read([lines[0], .. lines[1..8646]]);
        var current = Read([lines[0], .. lines[13036..17380]]);
        var plan = PlanBuilder.Build(1, reference, settings);
        var expected = DriftEvaluator.Evaluate(
            ReferenceProfiles.Build(reference, plan)[PaneStore.AllRows],
            ReferenceProfiles.Build(current, plan)[PaneStore.AllRows],
            DetectionSettings.From(settings),
            clock.GetUtcNow());
        Assert.Equal(JsonSerializer.Serialize(expected, ClientJson.Readable.Verdict), run.Output.TrimEnd());
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("2026-01-01T00:00:00Z", json.RootElement.GetProperty("evaluated_at").GetString());
        Assert.Equal(4344, json.RootElement.GetProperty("rows").GetInt32());
        Assert.True(json.RootElement.GetProperty("features")[0].TryGetProperty("l_infinity", out _));
        Assert.Equal(Cli.Drift, run.Code);

        static RowBatch Read(string[] lines)
        {
            var rows = new RowBatch();
            LocalCsv.Read(
                System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)), rows, "test", prediction: "y_pred", label: "target", ignore: ["instant", "dteday", "yr"]);
            return rows;
        }
    }

    [Fact]
    public async Task Compare_TwoFiles_ReportsMissingNewAndUnseen()
    {
        var reference = Write("r.csv", "a,job\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i % 50},{(i % 2 == 0 ? "x" : "y")}\n")));
        var current = Write("c.csv", "job,b\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{(i % 3 == 0 ? "z" : "x")},1\n")));

        var run = await CommandRun.OfAsync("compare", reference, current);

        Assert.Equal(Cli.Drift, run.Code);
        Assert.Contains("100.0%", run.Output, StringComparison.Ordinal);
        Assert.Contains("33.3%", run.Output, StringComparison.Ordinal);
        Assert.Contains("not compared, because the reference does not have it: b", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_TooFewRows_IsNoVerdictAndNoPass()
    {
        var file = Write("few.csv", "a\n1\n2\n3\n");

        var run = await CommandRun.OfAsync("compare", file, file);

        Assert.Equal(Cli.Error, run.Code);
        Assert.Contains("insufficient", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 reference rows and 3 current rows", run.Error, StringComparison.Ordinal);
        Assert.Contains("--min-rows", run.Error, StringComparison.Ordinal);
        Assert.Equal(Cli.Ok, (await CommandRun.OfAsync("compare", file, file, "--min-rows", "3")).Code);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a,b\n", "a header and no rows")]
    [InlineData("a,b\n1,2\n3\n", "line 3: rows[1] has 1 fields, the header has 2")]
    [InlineData("a,a\n1,2\n", "the header has 'a' twice")]
    [InlineData("a,score\n1,high\n", "line 2: rows[0].score must be a number, found 'high'")]
    public async Task Compare_BadFile_SaysFileLineAndWhy(string text, string expected)
    {
        var bad = Write("bad.csv", text);

        var run = await CommandRun.OfAsync("compare", bad, bad);

        Assert.Equal(Cli.Error, run.Code);
        Assert.Empty(run.Output);
        Assert.StartsWith(bad, run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--label nope", "label=nope was asked for, and the header has no column of that name; it has a")]
    [InlineData("--categorical nope", "--categorical names 'nope'")]
    [InlineData("--alpha 2", "--alpha is 2, must be above 0 and below 1")]
    [InlineData("--reference-rows 5", "--reference-rows is '5', it must be a range such as 0-5000")]
    [InlineData("--reference-rows 0-9", "has 3 rows, --reference-rows 0-9 asks for more")]
    [InlineData("--smoothing laplace", "laplace")]
    [InlineData("--min-rows 0", "--min-rows is 0, it must be 1 to")]
    [InlineData("--nonsense", "--nonsense")]
    public async Task Compare_BadOption_SaysWhatWouldBeRight(string option, string expected)
    {
        var file = Write("f.csv", "a\n1\n2\n3\n");

        var run = await CommandRun.OfAsync(["compare", file, file, .. option.Split(' ')]);

        Assert.Equal(Cli.Error, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_AbsentFile_NamesIt()
    {
        var run = await CommandRun.OfAsync("compare", _folder["none.csv"], _folder["none.csv"]);

        Assert.Equal(Cli.Error, run.Code);
        Assert.Contains("none.csv cannot be read", run.Error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
