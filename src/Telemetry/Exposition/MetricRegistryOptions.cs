using System.Diagnostics.Metrics;

namespace Drift.Telemetry.Exposition;

/// <summary>What <see cref="MetricRegistry"/> listens to and how much it keeps.</summary>
public sealed class MetricRegistryOptions
{
    /// <summary>The configuration section these options are bound from.</summary>
    public const string SectionName = "Drift:Metrics";

    /// <summary>The meters that are listened to when <see cref="Meters"/> is empty.</summary>
    public static IReadOnlyList<string> DefaultMeters { get; } =
        ["Drift.*", "System.Runtime", "Microsoft.AspNetCore.*", "Microsoft.Orleans", "Npgsql"];

    /// <summary>Names of the meters to listen to: a full name, or a prefix followed by <c>*</c>.</summary>
    /// <value>Empty, which means <see cref="DefaultMeters"/>.</value>
    /// <remarks>
    /// Names are compared ordinally. <c>Drift.*</c> takes <c>Drift.Api</c> but not <c>Drift</c>. The list starts empty, because
    /// configuration adds to a list and would not replace the defaults.
    /// </remarks>
    public IList<string> Meters { get; set; } = [];

    /// <summary>A further condition on each instrument of the chosen meters, asked once when the instrument is published.</summary>
    /// <value>Null: every instrument of the chosen meters is taken.</value>
    /// <remarks>Meters are global to the process: <see cref="OfHost"/> tells those of several hosts in it apart.</remarks>
    public Func<Instrument, bool>? Include { get; set; }

    /// <summary>The most series kept for one instrument; measurements for further label sets are dropped and counted.</summary>
    /// <value>20 000.</value>
    /// <remarks>
    /// Instruments that come out under one name share this number. An observable instrument is counted anew in each scrape.
    /// </remarks>
    public int MaxSeriesPerInstrument { get; set; } = 20_000;

    /// <summary>Takes what a host's own factory made and what belongs to no host, as the runtime's meters, and leaves out what other hosts of the process count.</summary>
    /// <param name="meters">The factory of the host.</param>
    /// <returns>A value for <see cref="Include"/>.</returns>
    public static Func<Instrument, bool> OfHost(IMeterFactory meters) =>
        instrument => instrument.Meter.Scope is not IMeterFactory other || ReferenceEquals(other, meters);
}
