using System.Globalization;
using System.Net;
using System.Text;
using Drift.Dashboards.Tests.Grafana;

namespace Drift.Dashboards.Tests.Drawing;

/// <summary>
/// Draws a dashboard from what its queries answered, laid out as Grafana lays it out: no replacement for Grafana, but what a reviewer
/// can look at where there is none.
/// </summary>
internal sealed class Picture(Dashboard dashboard, DateTimeOffset now, IReadOnlyList<(double At, string Colour)> annotations)
{
    private const int Column = 54;
    private const int Row = 31;
    private const int Gap = 8;
    private const int Head = 58;

    private readonly StringBuilder _html = new();

    public int Width => (24 * Column) + (2 * Gap);

    public int Height { get; } = Head + Gap + dashboard.Panels.Select(p => p.Place.Y + p.Place.H).Append(0).Max() * Row;

    /// <summary>The page.</summary>
    /// <param name="results">What each panel's targets answered; panels that are not in it say so.</param>
    /// <param name="variables">What the head shows.</param>
    public string Draw(IReadOnlyDictionary<Panel, IReadOnlyList<QueryResult>> results, IReadOnlyDictionary<string, VariableValue> variables)
    {
        _html.Append("<!doctype html><meta charset=utf-8><style>")
            .Append("body{margin:0;background:#f4f5f5;font:12px 'DejaVu Sans',sans-serif;color:#1f2733;position:relative}")
            .Append("h1{font-size:18px;margin:0;position:absolute;left:12px;top:8px}.v{position:absolute;left:12px;top:35px;color:#555}")
            .Append(".p{position:absolute;background:#fff;border:1px solid #d8dade;border-radius:3px;overflow:hidden;box-sizing:border-box}")
            .Append(".t{font-weight:bold;padding:5px 8px 0;white-space:nowrap}.t i{font-weight:normal;color:#777}.r{position:absolute;font-weight:bold;font-size:14px}")
            .Append("table{border-collapse:collapse;width:100%;font-size:11px}th,td{text-align:left;padding:2px 8px;border-bottom:1px solid #e8e9ec;white-space:nowrap}")
            .Append(".n{text-align:right}.l{font-size:10px;position:absolute;bottom:3px;left:8px;right:4px;white-space:nowrap;overflow:hidden}.l span{margin-right:9px}")
            .Append("svg{position:absolute;left:0;top:22px}svg text{font-size:10px;fill:#666}.c{position:absolute;inset:22px 0 0;display:flex;align-items:center;justify-content:center}</style>")
            .Append(CultureInfo.InvariantCulture, $"<body style='height:{Height}px'><h1>{Text(dashboard.Title)}</h1><div class=v>")
            .AppendJoin(" &nbsp; ", variables.Select(v => $"<b>{Text(v.Key)}</b> {Text(v.Value.All.Count > 6 ? $"All ({v.Value.All.Count})" : string.Join(" + ", v.Value.All))}"))
            .Append(CultureInfo.InvariantCulture, $" &nbsp; <b>last</b> {Duration.Format(dashboard.Range)}</div>");
        foreach (var row in dashboard.Rows)
        {
            var (x, y, _, _) = Panel.Of(row["gridPos"]!);
            _html.Append(CultureInfo.InvariantCulture, $"<div class=r style='left:{Gap + (x * Column) + 4}px;top:{Head + (y * Row) + 8}px'>▾ {Text((string)row["title"]!)}</div>");
        }

        foreach (var panel in dashboard.Panels)
        {
            var (x, y, w, h) = panel.Place;
            var time = panel.TimeFrom is null ? "" : $" <i>last {Duration.Format(panel.TimeFrom.Value)}</i>";
            _html.Append(CultureInfo.InvariantCulture, $"<div class=p style='left:{Gap + (x * Column)}px;top:{Head + (y * Row)}px;width:{(w * Column) - Gap}px;height:{(h * Row) - Gap}px'>")
                .Append(CultureInfo.InvariantCulture, $"<div class=t>{Text(panel.Title)}{time}</div>");
            if (results.TryGetValue(panel, out var answers))
                DrawPanel(panel, answers, (w * Column) - Gap - 2, (h * Row) - Gap - 24);
            else
                _html.Append("<div class=c style='color:#999'>needs the cluster</div>");
            _html.Append("</div>");
        }

        return _html.Append("</body>").ToString();
    }

    private void DrawPanel(Panel panel, IReadOnlyList<QueryResult> answers, int w, int h)
    {
        var look = new Appearance(panel.Defaults);
        var lines = answers.SelectMany(a => a.Series).ToList();
        switch (panel.Type)
        {
            case "timeseries": Lines(panel, lines, look, w, h); break;
            case "gauge": Gauge(panel, Single(answers), look, w, h); break;
            case "stat": Stat((string?)panel.Json["options"]!["textMode"] == "name" ? string.Join(", ", lines.Select(l => l.Name)) : Single(answers), look, w, h); break;
            case "table": Table(panel, answers[0], h); break;
            case "barchart": Bars(answers[0], look, w, h); break;
            case "bargauge": BarGauge(lines, look); break;
            case "piechart": Pie(panel, lines, w, h); break;
            case "heatmap": Heatmap(panel, lines, w, h); break;
            case "state-timeline": Timeline(panel, lines, look, w, h); break;
            default: throw new NotSupportedException($"panel type {panel.Type}");
        }
    }

    private void Lines(Panel panel, List<Series> lines, Appearance look, int w, int h)
    {
        var values = lines.SelectMany(l => l.Points).Select(p => p.Value).Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var y = Scale.OfValues((double?)panel.Defaults["min"] ?? values.Min(), (double?)panel.Defaults["max"] ?? values.Max(), h - 40, 10);
        var x = Times(panel, 62, w - 12, w / 80);
        Svg(w, h);
        Axes(x, y, look, w, h);
        if ((string?)panel.Defaults["custom"]!["thresholdsStyle"]?["mode"] == "dashed")
        {
            foreach (var (from, colour) in look.Steps.Where(s => s.From >= y.Ticks[0] && s.From <= y.Ticks[^1]))
                Line(62, y.At(from), w - 12, y.At(from), colour, "stroke-dasharray='5 4' opacity='.8'");
        }

        foreach (var (at, colour) in annotations.Where(a => a.At > Start(panel)))
            Line(x.At(at), 10, x.At(at), h - 40, colour, "stroke-dasharray='2 3'");
        var gap = panel.Defaults["custom"]!["spanNulls"]!.AsValue().TryGetValue<double>(out var longest) ? longest : double.PositiveInfinity;
        for (var i = 0; i < lines.Count; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<path fill=none stroke='{LineColour(i)}' stroke-width=1.6 d='");
            var last = double.NegativeInfinity;
            foreach (var (at, value) in lines[i].Points.Where(p => double.IsFinite(p.Value)))
            {
                _html.Append(CultureInfo.InvariantCulture, $"{(at - last > gap || double.IsInfinity(last) ? 'M' : 'L')}{x.At(at):0.#} {y.At(value):0.#}");
                last = at;
            }

            _html.Append("'/>");
        }

        _html.Append("</svg>");
        Legend(lines.Select((l, i) => (l.Name, LineColour(i))), w);
    }

    private void Gauge(Panel panel, object? value, Appearance look, int w, int h)
    {
        var (min, max) = ((double)panel.Defaults["min"]!, (double)panel.Defaults["max"]!);
        var (cx, cy, r) = (w / 2.0, h * 0.57, Math.Min(w / 2.4, h * 0.5));
        Svg(w, h);
        var steps = look.Steps;
        for (var i = 0; i < steps.Count; i++)
            Arc(cx, cy, r, Share(steps[i].From), Share(i + 1 < steps.Count ? steps[i + 1].From : max), steps[i].Colour, 5);
        Arc(cx, cy, r - 14, 0, 1, "#e8e9ec", 18);
        Arc(cx, cy, r - 14, 0, Share(value is null ? min : Appearance.Number(value)), look.ColourOf(value), 18);
        _html.Append(CultureInfo.InvariantCulture, $"<text x={cx:0} y={cy + 4:0} text-anchor=middle style='font-size:26px;font-weight:bold;fill:{look.ColourOf(value)}'>{Text(look.TextOf(value))}</text></svg>");

        double Share(double at) => Math.Clamp((at - min) / (max - min), 0, 1);
    }

    private void Stat(object? value, Appearance look, int w, int h)
    {
        var text = look.TextOf(value);
        _html.Append(CultureInfo.InvariantCulture, $"<div class=c style='white-space:nowrap;font-size:{Math.Min(Math.Min(40, h / 2), w * 13 / 10 / Math.Max(1, text.Length))}px;font-weight:bold;color:{look.ColourOf(value)}'>{Text(text)}</div>");
    }

    private void Table(Panel panel, QueryResult table, int h)
    {
        // The transformation "organize" picks the columns of an instant query and names them.
        var organize = panel.Json["transformations"]?[0]?["options"];
        var columns = Enumerable.Range(0, table.Columns.Count)
            .Where(i => organize is null || organize["includeByName"]![table.Columns[i]] is not null)
            .OrderBy(i => (int?)organize?["indexByName"]?[table.Columns[i]] ?? i)
            .Select(i => (Index: i, Name: (string?)organize?["renameByName"]?[table.Columns[i]] ?? table.Columns[i]))
            .ToList();
        var looks = columns.Select(c => Appearance.Of(panel.Json["fieldConfig"]!, c.Name)).ToList();
        _html.Append("<table style='margin-top:3px'><tr>").AppendJoin("", columns.Select(c => $"<th>{Text(c.Name)}</th>")).Append("</tr>");
        foreach (var row in table.Cells.Take((h - 22) / 19))
        {
            _html.Append("<tr>");
            for (var i = 0; i < columns.Count; i++)
            {
                var value = row[columns[i].Index];
                var style = looks[i].CellType switch
                {
                    "color-text" => $"color:{looks[i].ColourOf(value)};font-weight:bold",
                    "color-background" => $"background:{looks[i].ColourOf(value)};color:#fff",
                    _ => "",
                };
                _html.Append(CultureInfo.InvariantCulture, $"<td style='{style}'>{Text(looks[i].TextOf(value))}</td>");
            }

            _html.Append("</tr>");
        }

        _html.Append("</table>");
    }

    private void Bars(QueryResult table, Appearance look, int w, int h)
    {
        var values = table.Cells.Select(r => Appearance.Number(r[1]!)).ToList();
        var y = Scale.OfValues(0, values.DefaultIfEmpty(1).Max(), h - 24, 10);
        var width = (w - 74.0) / Math.Max(1, values.Count);
        Svg(w, h);
        Grid(y, look, w);
        for (var i = 0; i < values.Count; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<rect x={62 + (i * width) + (width * 0.1):0.#} width={width * 0.8:0.#} y={y.At(values[i]):0.#} height={h - 24 - y.At(values[i]):0.#} fill='{look.ColourOf(values[i])}' opacity=.85 />");
            if (i % (int)Math.Ceiling(48 / width) == 0)
                _html.Append(CultureInfo.InvariantCulture, $"<text x={62 + ((i + 0.5) * width):0.#} y={h - 9} text-anchor=middle>{Text((string)table.Cells[i][0]!)}</text>");
        }

        _html.Append("</svg>");
    }

    private void BarGauge(List<Series> lines, Appearance look)
    {
        var most = lines.Select(l => l.Points[^1].Value).DefaultIfEmpty(1).Max();
        _html.Append("<table style='margin-top:2px;font-size:9px;line-height:8.5px'>");
        foreach (var line in lines)
        {
            var value = line.Points[^1].Value;
            _html.Append(CultureInfo.InvariantCulture, $"<tr><td class=n style='width:52px;padding:0 6px;border:0'>{Text(line.Name)}</td><td style='padding:0 4px;border:0'>")
                .Append(CultureInfo.InvariantCulture, $"<div style='background:#3274d9;height:8px;width:{value / Math.Max(most, 1e-9) * 100:0.#}%'></div></td><td class=n style='width:44px;padding:0 6px;border:0'>{Text(look.Format(Math.Round(value)))}</td></tr>");
        }

        _html.Append("</table>");
    }

    private void Pie(Panel panel, List<Series> lines, int w, int h)
    {
        var parts = lines.Select((l, i) => (l.Name, l.Points[^1].Value, Colour: Appearance.FixedColour(panel.Json["fieldConfig"]!, l.Name) ?? LineColour(i))).ToList();
        var total = parts.Sum(p => p.Value);
        var (cx, cy, r) = (w / 2.0, (h - 18) / 2.0, Math.Min(w, h - 40) / 2.4);
        Svg(w, h);
        var turn = 0.0;
        foreach (var (_, value, colour) in parts)
        {
            var share = value / total;
            var middle = (turn + (share / 2)) * 2 * Math.PI;
            // A whole circle has no two ends to draw an arc between.
            var (from, to) = (turn * 2 * Math.PI, (turn + Math.Min(share, 0.9999)) * 2 * Math.PI);
            var ring = r * 0.75;
            _html.Append(CultureInfo.InvariantCulture, $"<path d='M{cx + (ring * Math.Sin(from)):0.##} {cy - (ring * Math.Cos(from)):0.##}A{ring:0.##} {ring:0.##} 0 {(share > 0.5 ? 1 : 0)} 1 {cx + (ring * Math.Sin(to)):0.##} {cy - (ring * Math.Cos(to)):0.##}' fill=none stroke='{colour}' stroke-width={r * 0.5:0.#} />")
                .Append(CultureInfo.InvariantCulture, $"<text x={cx + (ring * Math.Sin(middle)):0} y={cy - (ring * Math.Cos(middle)) + 4:0} text-anchor=middle style='fill:#fff;font-size:13px;font-weight:bold'>{value:0}</text>");
            turn += share;
        }

        _html.Append("</svg>");
        Legend(parts.Select(p => (string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Value / total:0 %}"), p.Colour)), w);
    }

    private void Heatmap(Panel panel, List<Series> lines, int w, int h)
    {
        var max = (double)panel.Json["options"]!["color"]!["max"]!;
        var rows = lines.OrderBy(l => l.Name, StringComparer.Ordinal).ToList();
        var x = Times(panel, 118, w - 12, w / 90);
        var height = (h - 30.0) / Math.Max(1, rows.Count);
        var times = rows.SelectMany(r => r.Points).Select(p => p.At).Distinct().Order().ToList();
        Svg(w, h);
        for (var i = 0; i < rows.Count; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<text x=112 y={8 + ((i + 0.75) * height):0.#} text-anchor=end style='font-size:9px'>{Text(rows[i].Name)}</text>");
            foreach (var (at, value) in rows[i].Points)
            {
                var next = times.Find(t => t > at) is > 0 and var found ? found : now.ToUnixTimeMilliseconds();
                // Green through yellow to red, as the scheme RdYlGn turned round.
                var hue = 120 * (1 - Math.Clamp(value / max, 0, 1));
                _html.Append(CultureInfo.InvariantCulture, $"<rect x={x.At(at):0.#} width={Math.Max(1, x.At(next) - x.At(at)):0.#} y={8 + (i * height):0.#} height={height - 1:0.#} fill='hsl({hue:0},60%,48%)'/>");
            }
        }

        foreach (var tick in x.Ticks)
            _html.Append(CultureInfo.InvariantCulture, $"<text x={x.At(tick):0.#} y={h - 8} text-anchor=middle>{x.Time(tick)}</text>");
        _html.Append("</svg>");
    }

    private void Timeline(Panel panel, List<Series> lines, Appearance look, int w, int h)
    {
        var x = Times(panel, 72, w - 12, w / 80);
        var height = (h - 30.0) / Math.Max(1, lines.Count);
        Svg(w, h);
        for (var i = 0; i < lines.Count; i++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<text x=66 y={8 + ((i + 0.6) * height):0.#} text-anchor=end>{Text(lines[i].Name)}</text>");
            var points = lines[i].Points;
            for (var from = 0; from < points.Count;)
            {
                var to = from;
                while (to < points.Count && points[to].Value == points[from].Value)
                    to++;
                var end = to < points.Count ? points[to].At : points[^1].At;
                _html.Append(CultureInfo.InvariantCulture, $"<rect x={x.At(points[from].At):0.#} width={Math.Max(1, x.At(end) - x.At(points[from].At)):0.#} y={8 + (i * height) + 2:0.#} height={height - 4:0.#} fill='{look.ColourOf(points[from].Value)}'/>");
                from = to;
            }
        }

        foreach (var tick in x.Ticks)
            _html.Append(CultureInfo.InvariantCulture, $"<text x={x.At(tick):0.#} y={h - 8} text-anchor=middle>{x.Time(tick)}</text>");
        _html.Append("</svg>");
    }

    private static object? Single(IReadOnlyList<QueryResult> answers) => answers[0].Series is [var line, ..] ? line.Points[^1].Value : answers[0].Cells.FirstOrDefault()?[0];

    private static string LineColour(int index) => Appearance.Palette[index % Appearance.Palette.Length];

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private double Start(Panel panel) => (now - (panel.TimeFrom ?? dashboard.Range)).ToUnixTimeMilliseconds();

    private Scale Times(Panel panel, double start, double end, int ticks) => Scale.OfTimes(Start(panel), now.ToUnixTimeMilliseconds(), start, end, ticks);

    private void Svg(int w, int h) => _html.Append(CultureInfo.InvariantCulture, $"<svg width={w} height={h}>");

    private void Axes(Scale x, Scale y, Appearance look, int w, int h)
    {
        Grid(y, look, w);
        foreach (var tick in x.Ticks)
            _html.Append(CultureInfo.InvariantCulture, $"<text x={x.At(tick):0.#} y={h - 26} text-anchor=middle>{x.Time(tick)}</text>");
    }

    private void Grid(Scale y, Appearance look, int w)
    {
        foreach (var tick in y.Ticks)
        {
            Line(62, y.At(tick), w - 12, y.At(tick), "#e8e9ec", "");
            _html.Append(CultureInfo.InvariantCulture, $"<text x=57 y={y.At(tick) + 3:0.#} text-anchor=end>{Text(look.Tick(tick, y.Ticks[1] - y.Ticks[0]))}</text>");
        }
    }

    private void Line(double x1, double y1, double x2, double y2, string colour, string style) =>
        _html.Append(CultureInfo.InvariantCulture, $"<line x1={x1:0.#} y1={y1:0.#} x2={x2:0.#} y2={y2:0.#} stroke='{colour}' {style}/>");

    // Three quarters of a circle, open at the bottom.
    private void Arc(double cx, double cy, double r, double from, double to, string colour, double width)
    {
        if (to - from < 1e-6)
            return;
        var (a, b) = ((from - 0.5) * 1.5 * Math.PI, (to - 0.5) * 1.5 * Math.PI);
        _html.Append(CultureInfo.InvariantCulture, $"<path d='M{cx + (r * Math.Sin(a)):0.#} {cy - (r * Math.Cos(a)):0.#}A{r:0.#} {r:0.#} 0 {(b - a > Math.PI ? 1 : 0)} 1 {cx + (r * Math.Sin(b)):0.#} {cy - (r * Math.Cos(b)):0.#}' fill=none stroke='{colour}' stroke-width={width} />");
    }

    private void Legend(IEnumerable<(string Name, string Colour)> lines, int w) => _html.Append("<div class=l>")
        .AppendJoin("", lines.Take(Math.Max(2, w / 95)).Select(l => $"<span><b style='color:{l.Colour}'>━</b> {Text(l.Name)}</span>")).Append("</div>");
}
