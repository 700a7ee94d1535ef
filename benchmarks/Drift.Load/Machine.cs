using System.Runtime.InteropServices;

namespace Drift.Load;

/// <summary>What a result was measured on.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"    {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}\n"
        + $"    {Processor()}, {Environment.ProcessorCount} logical processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F0} GiB\n"
        + $"    load average when it began: {LoadAverage()}";

    /// <summary>Over 1, 5 and 15 minutes, where the system says it.</summary>
    public static string LoadAverage() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string Processor()
    {
        const string Name = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
