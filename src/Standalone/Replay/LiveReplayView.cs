using System.Globalization;
using Drift.Actors;
using Drift.Core.Detection;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drift.Standalone.Replay;

/// <summary>A progress bar and the worst columns, redrawn in place: for a terminal.</summary>
internal sealed class LiveReplayView(IAnsiConsole console, LiveDisplayContext display, int total) : IReplayView
{
    private const int MostColumns = 12;

    private ReplayProgress _progress = new() { Total = total };
    private string _note = "";

    public void ReferenceUploaded(ReferenceDescription reference)
    {
        _note = string.Create(CultureInfo.InvariantCulture, $"reference: {reference.Rows} rows, plan {reference.Plan}");
        Draw();
    }

    public void Advanced(ReplayProgress progress)
    {
        _progress = progress;
        if (progress.Sent > 0)
            _note = "";
        Draw();
    }

    public void Retrying(DriftApiException failure, TimeSpan delay)
    {
        _note = string.Create(CultureInfo.InvariantCulture, $"{failure.Reason}; again in {delay.TotalSeconds:0.#} s");
        Draw();
    }

    private void Draw()
    {
        display.UpdateTarget(new Rows(Lines()));
        display.Refresh();
    }

    private IEnumerable<IRenderable> Lines()
    {
        const int Width = 40;
        var done = (int)(Width * (long)_progress.Sent / Math.Max(1, _progress.Total));
        var bar = $"[green]{new string('━', done)}[/][grey]{new string('━', Width - done)}[/]";
        yield return new Markup($"{bar} {Markup.Escape(PlainReplayView.Position(_progress))}");
        if (_progress.Verdict is { } verdict)
        {
            yield return new Text(PlainReplayView.StateOf(verdict), VerdictTable.StyleOf(verdict.Severity)) { Overflow = Overflow.Ellipsis };
            if (verdict.Status != VerdictStatus.Learning)
                yield return VerdictTable.Of([.. verdict.Features.Take(MostColumns)], console.Profile.Width, out _);
            if (verdict.Features.Count > MostColumns)
                yield return new Text(string.Create(CultureInfo.InvariantCulture, $"and {verdict.Features.Count - MostColumns} quieter columns"));
        }

        if (_note.Length > 0)
            yield return new Text(_note, new Style(Color.Yellow));
    }
}
