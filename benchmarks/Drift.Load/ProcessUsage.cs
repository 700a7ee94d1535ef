using System.Diagnostics;
using System.Globalization;

namespace Drift.Load;

/// <summary>What processes have used so far.</summary>
internal static class ProcessUsage
{
    /// <summary>CPU time, user and system (on Linux from <c>/proc/PID/stat</c>, in hundredths of a second).</summary>
    public static TimeSpan Cpu(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    /// <summary>The most memory it has had resident (on Linux <c>VmHWM</c>).</summary>
    public static long PeakBytes(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.PeakWorkingSet64;
    }

    /// <summary>Memory it has resident now (on Linux <c>VmRSS</c>).</summary>
    public static long ResidentBytes(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.WorkingSet64;
    }

    /// <summary>CPU time of a process and its children, ended ones included; zero where there is no <c>/proc</c>.</summary>
    public static TimeSpan CpuOfTree(int id)
    {
        if (!Directory.Exists("/proc"))
            return TimeSpan.Zero;
        long ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && Stat(process) is { } stat
                && (process == id || stat.Parent == id))
                ticks += process == id ? stat.Own + stat.Waited : stat.Own;
        }

        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    /// <summary>The parent of a process; null where there is no <c>/proc</c> or no such process.</summary>
    public static int? Parent(int id) => Stat(id)?.Parent;

    private static (int Parent, long Own, long Waited)? Stat(int id)
    {
        try
        {
            // "PID (NAME) STATE PPID …": the name may hold spaces and brackets.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Long(fields[11]) + Long(fields[12]), Long(fields[13]) + Long(fields[14]));
        }
        catch (IOException)
        {
            return null;
        }

        static long Long(string field) => long.Parse(field, CultureInfo.InvariantCulture);
    }
}
