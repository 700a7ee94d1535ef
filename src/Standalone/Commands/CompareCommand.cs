using System.CommandLine;
using System.Text.Json;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Core.Statistics;
using Drift.Core.Windows;
using Drift.Standalone.Client;
using Spectre.Console;

namespace Drift.Standalone.Commands;

/// <summary>
/// <c>compare REFERENCE CURRENT</c>: compares two CSV files without a server, through the same reader, plan, profile and evaluation
/// that a server uses.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock that dates the verdict.</param>
    public static Command Create(TimeProvider time)
    {
        var reference = new Argument<string>("REFERENCE") { Description = "The CSV file to compare with." };
        var current = new Argument<string>("CURRENT")
        {
            Description = "The CSV file to judge; may be the same file with --reference-rows and --current-rows.",
        };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON and nothing else." };
        var label = Options.Column("--label", "The column with the ground truth. Default: label, if there.");
        var prediction = Options.Column("--prediction", "The column with the model's output. Default: prediction, if there.");
        var score = Options.Column("--score", "The column with the score. Default: score, if there.");
        var ignore = Options.Names("--ignore", "Columns to leave out.");
        var categorical = Options.Names("--categorical", "Columns of numbers that are names of categories.");
        var smoothing = Options.OneOf(
            "--smoothing", "How PSI and KL treat zero counts: add 1/2 to every count, or replace zero shares by --epsilon.", "jeffreys", "epsilon");
        var epsilon = Options.Number("--epsilon", "The share that replaces zero under --smoothing epsilon.", 1e-4);
        var missing = Options.OneOf("--missing", "Missing values are a bin of their own, or dropped.", "bin", "drop");
        var bins = Options.OneOf("--bins", "A bin per value for columns of at most 20 values, else deciles; or always deciles.", "auto", "quantile");
        var alpha = Options.Number("--alpha", "Significance level on p-values adjusted over all columns.", 0.01);
        var minRows = Options.Count("--min-rows", "Rows below which no drift is claimed.", 500, 1, int.MaxValue);
        var referenceRows = Options.Rows("--reference-rows", "Use rows A to B-1 of REFERENCE, counted from 0 without the header.");
        var currentRows = Options.Rows("--current-rows", "Use rows A to B-1 of CURRENT.");
        var command = new Command("compare", "Compare two CSV files. Exit code 0: no drift, 1: drift, 2: no verdict.")
        {
            reference, current, json, label, prediction, score, ignore, categorical, smoothing, epsilon, missing, bins, alpha, minRows,
            referenceRows, currentRows,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Request(parsed.GetRequiredValue(reference), parsed.GetRequiredValue(current))
            {
                Json = parsed.GetValue(json),
                Roles = new CsvRoles(null, parsed.GetValue(prediction), parsed.GetValue(score), parsed.GetValue(label), parsed.GetValue(ignore)!),
                ReferenceRows = parsed.GetValue(referenceRows),
                CurrentRows = parsed.GetValue(currentRows),
                Categorical = parsed.GetValue(categorical)!,
                Settings = new ModelSettings
                {
                    Features = parsed.GetValue(categorical)!.ToDictionary(name => name, _ => new FeatureSettings { Type = ColumnType.Categorical }),
                    Smoothing = parsed.GetValue(smoothing) == "epsilon" ? SmoothingKind.Epsilon : SmoothingKind.Jeffreys,
                    Epsilon = parsed.GetValue(epsilon),
                    Missing = parsed.GetValue(missing) == "drop" ? MissingMode.Drop : MissingMode.Bin,
                    Bins = parsed.GetValue(bins) == "quantile" ? BinMode.Quantile : BinMode.Auto,
                    Alpha = parsed.GetValue(alpha),
                    MinRows = parsed.GetValue(minRows),
                },
            },
            time,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Request request, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (request.Settings.Validate() is [var fault, ..])
            throw new CommandException($"--{fault.Field.Replace('_', '-')} {fault.Message}.");

        var (reference, current) = await ReadAsync(request, cancellationToken);
        foreach (var name in request.Categorical)
        {
            if (reference.FindFeature(name) is null && current.FindFeature(name) is null)
            {
                throw new CommandException(
                    $"--categorical names '{name}', which is no feature of {request.Reference}; it has {RowFile.FeaturesOf(reference)}.");
            }
        }

        var plan = PlanBuilder.Build(1, reference, request.Settings);
        if (plan.Columns.Count == 0)
            throw new CommandException($"{request.Reference} has no column to compare: all are ids, times or ignored.");
        var before = ReferenceProfiles.Build(reference, plan)[PaneStore.AllRows];
        var after = ReferenceProfiles.Build(current, plan)[PaneStore.AllRows];
        var verdict = DriftEvaluator.Evaluate(before, after, DetectionSettings.From(request.Settings), time.GetUtcNow());
        if (request.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(verdict, ClientJson.Readable.Verdict));
        else
            Print(Terminal.Of(output), verdict, [.. current.Features.Select(f => f.Name).Where(name => reference.FindFeature(name) is null)]);
        if (verdict.Status != VerdictStatus.Insufficient)
            return verdict.DriftDetected ? Cli.Drift : Cli.Ok;
        await error.WriteLineAsync(
            $"No verdict: {verdict.ReferenceRows} reference rows and {verdict.Rows} current rows, "
            + $"a verdict needs {request.Settings.MinRows} of each (--min-rows).");
        return Cli.Error;
    }

    private static async Task<(RowBatch Reference, RowBatch Current)> ReadAsync(Request request, CancellationToken cancellationToken)
    {
        var reference = await RowFile.ReadAsync(request.Reference, "reference", request.Roles, cancellationToken);
        var current = request.Current == request.Reference
            ? reference
            : await RowFile.ReadAsync(request.Current, "current", request.Roles, cancellationToken);
        var from = RowFile.RangeOf(request.Reference, reference, "--reference-rows", request.ReferenceRows);
        var to = RowFile.RangeOf(request.Current, current, "--current-rows", request.CurrentRows);
        return (RowFile.Slice(reference, from), RowFile.Slice(current, to));
    }

    private static void Print(IAnsiConsole console, Verdict verdict, IReadOnlyList<string> onlyInCurrent)
    {
        console.Write(VerdictTable.Of(verdict.Features, console.Profile.Width, out var leftOut));
        console.WriteLine();
        var rows = $"{verdict.Rows} rows against {verdict.ReferenceRows} reference rows";
        if (verdict.Status == VerdictStatus.Insufficient)
        {
            console.WriteLine($"insufficient: {rows}");
        }
        else
        {
            console.Write(new Text(VerdictTable.Word(verdict.Severity), VerdictTable.StyleOf(verdict.Severity)));
            console.WriteLine($": {verdict.DriftedColumns} of {verdict.Columns} columns drifted; {rows}");
        }

        if (verdict is { ReferenceAccuracy: { } before, CurrentAccuracy: { } after })
            console.WriteLine($"accuracy {VerdictTable.Number(before)} on the reference, {VerdictTable.Number(after)} now");
        if (onlyInCurrent.Count > 0)
            console.WriteLine($"not compared, because the reference does not have it: {string.Join(", ", onlyInCurrent)}");
        if (leftOut.Count > 0)
            console.WriteLine($"not shown on this narrow terminal: {string.Join(", ", leftOut)} (see --json)");
    }

    private sealed record Request(string Reference, string Current)
    {
        public bool Json { get; init; }

        public required CsvRoles Roles { get; init; }

        public RowRange? ReferenceRows { get; init; }

        public RowRange? CurrentRows { get; init; }

        public required IReadOnlyList<string> Categorical { get; init; }

        public required ModelSettings Settings { get; init; }
    }
}
