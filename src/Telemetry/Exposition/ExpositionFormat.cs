using System.Globalization;
using System.Net.Mime;

namespace Drift.Telemetry.Exposition;

/// <summary>A text format in which <see cref="MetricRegistry"/> can write its metrics. There are two; instances are immutable.</summary>
public sealed class ExpositionFormat
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string OpenMetricsVersion = "1.0.0";
    private const string PrometheusTextVersion = "0.0.4";

    private ExpositionFormat(string contentType, bool isOpenMetrics)
    {
        ContentType = contentType;
        IsOpenMetrics = isOpenMetrics;
    }

    /// <summary>The Prometheus text format 0.0.4, which every scraper reads.</summary>
    public static ExpositionFormat PrometheusText { get; } =
        new($"{MediaTypeNames.Text.Plain}; version={PrometheusTextVersion}; charset=utf-8", isOpenMetrics: false);

    /// <summary>The OpenMetrics text format 1.0.0.</summary>
    public static ExpositionFormat OpenMetrics { get; } =
        new($"{OpenMetricsType}; version={OpenMetricsVersion}; charset=utf-8", isOpenMetrics: true);

    /// <summary>The value of the <c>Content-Type</c> header that goes with this format.</summary>
    public string ContentType { get; }

    internal bool IsOpenMetrics { get; }

    /// <summary>Chooses the format that an HTTP <c>Accept</c> header prefers.</summary>
    /// <param name="acceptHeader">The header, several lines of it joined by commas; null or empty when the client sent none.</param>
    /// <returns>
    /// The format with the higher quality value; at equal quality the one that is named more precisely, and OpenMetrics when both
    /// are named. A wildcard alone means <see cref="PrometheusText"/>. A header that accepts neither also gets
    /// <see cref="PrometheusText"/>: a scrape in a plain format is of more use than a refusal.
    /// </returns>
    public static ExpositionFormat Negotiate(string? acceptHeader)
    {
        var text = default(Preference);
        var openMetrics = default(Preference);
        var rest = acceptHeader.AsSpan();
        while (!rest.IsEmpty)
        {
            var range = TakeUntil(ref rest, ',');
            var parameters = range;
            var mediaType = TakeUntil(ref parameters, ';').Trim();
            if (!TryReadParameters(parameters, out var version, out var quality))
                continue;

            text = text.Refine(MatchOf(mediaType, version, MediaTypeNames.Text.Plain, "text/*", PrometheusTextVersion), quality);
            openMetrics = openMetrics.Refine(
                MatchOf(mediaType, version, OpenMetricsType, "application/*", OpenMetricsVersion), quality);
        }

        if (openMetrics.Quality != text.Quality)
            return openMetrics.Quality > text.Quality ? OpenMetrics : PrometheusText;
        return openMetrics.Quality > 0 && openMetrics.Match >= RangeMatch.Type ? OpenMetrics : PrometheusText;
    }

    /// <inheritdoc/>
    public override string ToString() => ContentType;

    private static RangeMatch MatchOf(
        ReadOnlySpan<char> mediaType, ReadOnlySpan<char> version, string ownType, string ownWildcard, string ownVersion)
    {
        if (mediaType.Equals(ownType, StringComparison.OrdinalIgnoreCase))
        {
            if (version.IsEmpty)
                return RangeMatch.Type;
            return version.SequenceEqual(ownVersion) ? RangeMatch.TypeAndVersion : RangeMatch.None;
        }

        if (mediaType.Equals(ownWildcard, StringComparison.OrdinalIgnoreCase))
            return RangeMatch.TypeWildcard;
        return mediaType.SequenceEqual("*/*") ? RangeMatch.AnyType : RangeMatch.None;
    }

    /// <summary>Reads <c>version</c> and <c>q</c>; false when q is not a number from 0 to 1, in which case the range is ignored.</summary>
    private static bool TryReadParameters(ReadOnlySpan<char> parameters, out ReadOnlySpan<char> version, out double quality)
    {
        version = default;
        quality = 1;
        while (!parameters.IsEmpty)
        {
            var parameter = TakeUntil(ref parameters, ';');
            var equals = parameter.IndexOf('=');
            if (equals < 0)
                continue;

            var name = parameter[..equals].Trim();
            var value = parameter[(equals + 1)..].Trim().Trim('"');
            if (name.Equals("version", StringComparison.OrdinalIgnoreCase))
                version = value;
            else if (name.Equals("q", StringComparison.OrdinalIgnoreCase)
                && (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality)
                    || quality is not (>= 0 and <= 1)))
                return false;
        }

        return true;
    }

    /// <summary>Cuts the text before the next separator that is not inside quotes; the separator itself goes too.</summary>
    private static ReadOnlySpan<char> TakeUntil(scoped ref ReadOnlySpan<char> rest, char separator)
    {
        var quoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                quoted = !quoted;
            }
            else if (rest[i] == separator && !quoted)
            {
                var taken = rest[..i];
                rest = rest[(i + 1)..];
                return taken;
            }
        }

        var all = rest;
        rest = default;
        return all;
    }

    /// <summary>What the header says of one format so far: the most precise range that covers it, and that range's quality.</summary>
    private readonly record struct Preference(RangeMatch Match, double Quality)
    {
        public Preference Refine(RangeMatch match, double quality)
        {
            if (match == RangeMatch.None || match < Match)
                return this;
            return match > Match ? new Preference(match, quality) : new Preference(match, Math.Max(Quality, quality));
        }
    }
}
