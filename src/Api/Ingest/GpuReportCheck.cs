using System.Globalization;
using System.Runtime.CompilerServices;
using Drift.Api.Errors;
using Drift.Core.Gpus;

namespace Drift.Api.Ingest;

/// <summary>Says by field what is wrong with reports that came from outside: anything that holds a key can send them.</summary>
internal sealed class GpuReportCheck
{
    /// <summary>The most reports of one request.</summary>
    public const int MaxReports = 600;

    private const int MaxGpus = 64;
    private const int MaxProcesses = 8192;
    private const int MaxListed = 64;
    private const int MaxText = 256;
    private const int MaxFaults = 20;

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    /// <summary>The reports as they are taken: words for what a mask says, and nothing unknown.</summary>
    /// <param name="reports">What was sent.</param>
    /// <param name="latest">The latest time that a report may have.</param>
    /// <exception cref="ApiException">Something cannot be.</exception>
    public static IReadOnlyList<GpuReport> Check(IReadOnlyList<GpuReport> reports, DateTimeOffset latest)
    {
        if (reports.Count is 0 or > MaxReports)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "reports", $"has {reports.Count} elements, it must have 1 to {MaxReports}");
        var check = new GpuReportCheck();
        for (var i = 0; i < reports.Count; i++)
            check.Report(reports[i], $"reports[{i}]", latest);
        if (check._faults.Count > 0)
        {
            throw new ApiException(ErrorKind.InvalidRequest, string.Join(" ", check._faults.Take(5).Select(f => $"'{f.Key}' {f.Value[0]}.")))
            {
                Fields = check._faults,
            };
        }

        return [.. reports.Select(r => r with { Gpus = [.. r.Gpus.Select(Normalize)] })];
    }

    private static GpuReading Normalize(GpuReading gpu) =>
        gpu.ThrottleMask is { } mask ? gpu with { ThrottleReasons = ThrottleReasons.Words(mask) } : gpu;

    private void Report(GpuReport? report, string path, DateTimeOffset latest)
    {
        if (report is null)
        {
            Fault(path, "is null, it must be an object");
            return;
        }

        if (report.At == default)
            Fault($"{path}.at", "is missing, it must be a time such as 2026-11-20T12:00:00Z");
        else if (report.At > latest)
            Fault($"{path}.at", string.Create(CultureInfo.InvariantCulture, $"is {report.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, which is in the future: set the node's clock"));
        Text(report.Detail, $"{path}.detail", 4 * MaxText);
        Text(report.Source, $"{path}.source");
        Text(report.DriverVersion, $"{path}.driver_version");
        Text(report.NvmlVersion, $"{path}.nvml_version");
        if (!Length(report.Gpus, $"{path}.gpus", MaxGpus))
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < report.Gpus.Count; i++)
        {
            if (report.Gpus[i] is not { } gpu)
                Fault($"{path}.gpus[{i}]", "is null, it must be an object");
            else
                Gpu(gpu, $"{path}.gpus[{i}]", seen);
        }
    }

    private void Gpu(GpuReading gpu, string path, HashSet<string> seen)
    {
        if (string.IsNullOrWhiteSpace(gpu.Uuid))
            Fault($"{path}.uuid", "is missing");
        else if (!seen.Add(gpu.Uuid))
            Fault($"{path}.uuid", "is of another GPU of this report too");
        Text(gpu.Uuid, $"{path}.uuid");
        Text(gpu.Model, $"{path}.model");
        Text(gpu.Device, $"{path}.device");
        Text(gpu.PciBusId, $"{path}.pci_bus_id");
        Between(gpu.Index, $"{path}.index", 0, 1023);
        Between(gpu.UtilizationPercent, $"{path}.utilization_percent", 0, 100);
        Between(gpu.MemoryUtilizationPercent, $"{path}.memory_utilization_percent", 0, 100);
        Between(gpu.TemperatureCelsius, $"{path}.temperature_celsius", -273, 1000);
        Between(gpu.MemoryTemperatureCelsius, $"{path}.memory_temperature_celsius", -273, 1000);
        NotNegative(path, gpu.MemoryTotalBytes);
        NotNegative(path, gpu.MemoryUsedBytes);
        NotNegative(path, gpu.MemoryFreeBytes);
        NotNegative(path, gpu.MemoryReservedBytes);
        NotNegative(path, gpu.PowerWatts);
        NotNegative(path, gpu.PowerLimitWatts);
        NotNegative(path, gpu.SmClockMhz);
        NotNegative(path, gpu.MemoryClockMhz);
        NotNegative(path, gpu.EnergyMillijoules);
        NotNegative(path, gpu.PcieReplays);
        NotNegative(path, gpu.EccVolatileCorrected);
        NotNegative(path, gpu.EccVolatileUncorrected);
        NotNegative(path, gpu.EccAggregateCorrected);
        NotNegative(path, gpu.EccAggregateUncorrected);
        NotNegative(path, gpu.RemappedRowsCorrected);
        NotNegative(path, gpu.RemappedRowsUncorrected);
        NotNegative(path, gpu.XidErrors);
        NotNegative(path, gpu.LastXid);
        if (gpu.MemoryUsedBytes > gpu.MemoryTotalBytes)
            Fault($"{path}.memory_used_bytes", $"is {gpu.MemoryUsedBytes}, more than memory_total_bytes, which is {gpu.MemoryTotalBytes}");
        Texts(gpu.ThrottleReasons, $"{path}.throttle_reasons");
        if (Length(gpu.Missing?.ToList(), $"{path}.missing", MaxListed))
        {
            foreach (var (field, reason) in gpu.Missing ?? new Dictionary<string, string>())
            {
                if (!IsText(field, MaxText) || !IsText(reason, MaxText))
                    Fault($"{path}.missing", $"has a name or reason that is null, longer than {MaxText} characters or not printable");
            }
        }

        if (Length(gpu.Processes, $"{path}.processes", MaxProcesses) && gpu.Processes?.Any(p => p is null || p.Pid < 0 || p.MemoryUsedBytes < 0) == true)
            Fault($"{path}.processes", "has an element that is null, or has a negative number");
        if (Length(gpu.MigInstances, $"{path}.mig_instances", MaxListed)
            && gpu.MigInstances?.Any(m => m is null || string.IsNullOrWhiteSpace(m.Uuid) || !IsText(m.Uuid, MaxText) || !IsText(m.Profile ?? "", MaxText)
                || m.MemoryUsedBytes < 0 || m.MemoryFreeBytes < 0 || m.MemoryTotalBytes < 0) == true)
        {
            Fault($"{path}.mig_instances", "has an element that is null, lacks its uuid, has a text that is not printable, or a negative number");
        }
    }

    private static bool IsText(string? text, int most) => text is not null && text.Length <= most && !text.Any(char.IsControl);

    private void Text(string? text, string path, int most = MaxText)
    {
        if (text is not null && !IsText(text, most))
            Fault(path, $"must be at most {most} printable characters");
    }

    private void Texts(IReadOnlyList<string>? texts, string path)
    {
        if (Length(texts, path, MaxListed) && texts?.Any(t => !IsText(t, MaxText)) == true)
            Fault(path, $"has an element that is null, longer than {MaxText} characters or not printable");
    }

    private bool Length<T>(IReadOnlyList<T>? list, string path, int most)
    {
        if (list is null || list.Count <= most)
            return true;
        Fault(path, $"has {list.Count} elements, it may have {most}");
        return false;
    }

    private void Between(double? value, string path, double least, double most)
    {
        if (value is { } x && !(x >= least && x <= most))
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"is {x}, it must be {least} to {most}"));
    }

    private void NotNegative(string path, double? value, [CallerArgumentExpression(nameof(value))] string field = "")
    {
        if (value is { } x && !(x >= 0 && double.IsFinite(x)))
            Fault($"{path}.{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(field["gpu.".Length..])}", string.Create(CultureInfo.InvariantCulture, $"is {x}, it must be 0 or more"));
    }

    private void Fault(string path, string message)
    {
        if (_faults.Count < MaxFaults)
            _faults.TryAdd(path, [message]);
    }
}
