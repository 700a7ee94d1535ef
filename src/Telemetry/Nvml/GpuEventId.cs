namespace Drift.Telemetry.Nvml;

/// <summary>Event ids of GPU polling: 7100 to 7199. A number is never used again for something else.</summary>
internal static class GpuEventId
{
    public const int GpusFound = 7100;
    public const int GpuLibraryAbsent = 7101;
    public const int GpuDriverFailed = 7102;
    public const int GpuGone = 7103;
    public const int GpuReturned = 7104;
    public const int GpuXid = 7105;
    public const int GpuReportNotTaken = 7106;
    public const int GpuReportTaken = 7107;
}
