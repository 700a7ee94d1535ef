namespace Drift.Telemetry.Exposition;

/// <summary>Event ids of this assembly's log messages: 7000 to 7099.</summary>
internal static class TelemetryEventId
{
    public const int InstrumentLeftOut = 7000;
    public const int SeriesDropped = 7001;
    public const int CallbackFailed = 7002;
}
