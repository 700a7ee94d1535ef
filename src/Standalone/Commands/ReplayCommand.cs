using System.CommandLine;
using System.Globalization;
using Drift.Core.Rows;
using Drift.Core.Windows;
using Drift.Standalone.Client;
using Drift.Standalone.Replay;
using Spectre.Console;

namespace Drift.Standalone.Commands;

/// <summary>
/// <c>replay FILE</c>: uploads the first rows of a CSV file as a model's reference and sends the rest to a server, as fast or as slowly
/// as asked, while it shows the verdict.
/// </summary>
internal static class ReplayCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock of pace and retries.</param>
    /// <param name="http">What requests go through; null makes one.</param>
    public static Command Create(TimeProvider time, HttpClient? http = null)
    {
        var file = new Argument<string>("FILE") { Description = "The CSV file." };
        var model = new Option<string>("--model") { Description = "The model that the rows are sent to.", HelpName = "NAME", Required = true };
        var referenceRows = Options.RequiredCount("--reference-rows", "The first N rows become the model's reference.", 1, int.MaxValue);
        var currentRows = Options.Rows("--current-rows", "Send rows A to B-1, counted from 0 without the header. Default: all after the reference.");
        var speed = Options.Rate("--speed", "Rows per second; 0 sends as fast as the server takes them.", 0);
        var url = Options.Url();
        var key = Options.Key();
        var batch = Options.Count("--batch", "The most rows in one request.", 500, 1, 100_000);
        var id = Options.Column("--id", "The column with prediction ids. Default: id or prediction_id, if there.");
        var label = Options.Column("--label", "The column with the ground truth. Default: label, if there.");
        var prediction = Options.Column("--prediction", "The column with the model's output. Default: prediction, if there.");
        var score = Options.Column("--score", "The column with the score. Default: score, if there.");
        var ignore = Options.Names("--ignore", "Columns to leave out.");
        var categorical = Options.Names("--categorical", "Columns of numbers that are names of categories; declared in the model's settings.");
        var window = Options.OneOf("--window", "The window whose verdict is shown.", ["24h", .. Window.All.Where(w => w != "24h")]);
        var format = Options.OneOf("--format", "How rows are sent.", "json", "ndjson", "csv");
        var keepTime = new Option<bool>("--keep-time")
        {
            Description = "Send the event times of the column ts or timestamp. Without it rows count as of now: the server takes only the last days.",
        };
        var command = new Command("replay", "Send a CSV file to a server as a model's reference and traffic, and watch the verdict.")
        {
            file, model, referenceRows, currentRows, speed, url, key, batch, id, label, prediction, score, ignore, categorical, window, format, keepTime,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var roles = new CsvRoles(
                parsed.GetValue(id), parsed.GetValue(prediction), parsed.GetValue(score), parsed.GetValue(label), parsed.GetValue(ignore)!);
            var rows = await RowFile.ReadAsync(path, "replay", roles, cancellationToken);
            var reference = RowFile.RangeOf(path, rows, "--reference-rows", new RowRange(0, parsed.GetValue(referenceRows)));
            if (parsed.GetValue(currentRows) is null && reference.To == rows.Count)
            {
                throw new CommandException(
                    $"{path} has {rows.Count} rows and all of them are the reference; lower --reference-rows or name --current-rows.");
            }

            var current = RowFile.RangeOf(path, rows, "--current-rows", parsed.GetValue(currentRows) ?? new RowRange(reference.To, rows.Count));
            var names = parsed.GetValue(categorical)!;
            if (names.FirstOrDefault(n => rows.FindFeature(n) is null) is { } unknown)
                throw new CommandException($"--categorical names '{unknown}', which is no feature of {path}; it has {RowFile.FeaturesOf(rows)}.");
            var sendFormat = Enum.Parse<SendFormat>(parsed.GetValue(format)!, ignoreCase: true);
            var hasScore = Enumerable.Range(0, rows.Count).Any(row => rows.Score.Tag(row) != CellTag.Missing);
            if (sendFormat != SendFormat.Csv && rows.ClassScores.Count > 0 && hasScore)
                throw new CommandException("A row of JSON has one score or one per class; the file gives both. Use --format csv, or --ignore one of them.");

            var client = new DriftClient(http ?? new HttpClient(), parsed.GetValue(url)!, Options.KeyOf(parsed.GetValue(key)), time);
            var replayer = new Replayer(client, new RowFormatting(sendFormat, names.ToHashSet(StringComparer.Ordinal), parsed.GetValue(keepTime)), time);
            var plan = new ReplayPlan
            {
                Model = parsed.GetRequiredValue(model),
                Reference = reference,
                Current = current,
                Speed = parsed.GetValue(speed),
                Batch = parsed.GetValue(batch),
                Window = parsed.GetValue(window)!,
                Categorical = names,
            };
            var console = Terminal.Of(parsed.InvocationConfiguration.Output);
            var end = console.Profile.Capabilities.Interactive
                ? await console.Live(new Text("")).StartAsync(live =>
                    replayer.RunAsync(rows, plan, new LiveReplayView(console, live, current.Count), cancellationToken))
                : await replayer.RunAsync(rows, plan, new PlainReplayView(parsed.InvocationConfiguration.Output), cancellationToken);
            Summarize(console, end);
            return Cli.Ok;
        });
        return command;
    }

    private static void Summarize(IAnsiConsole console, ReplayProgress end)
    {
        var rejected = end.Rejected > 0 ? string.Create(CultureInfo.InvariantCulture, $", {end.Rejected} rejected") : "";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sent {end.Sent} rows in {end.Elapsed.TotalSeconds:0.0} s, {end.Accepted} accepted{rejected}"));
        var verdict = end.Verdict!;
        console.Write(new Text($"{verdict.Window}: {PlainReplayView.StateOf(verdict)}", VerdictTable.StyleOf(verdict.Severity)));
        console.WriteLine();
        if (verdict.DriftedColumns > 0)
            console.WriteLine($"worst first: {VerdictTable.Culprits(verdict)}");
    }
}
