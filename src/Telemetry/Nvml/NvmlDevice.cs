using System.Globalization;
using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// One GPU of a running session. What NVML refuses, and the numbers by which it says that it has none, become absent fields with a
/// reason; only a GPU that is gone ends a reading. Not thread-safe.
/// </summary>
internal sealed unsafe class NvmlDevice(NvmlLibrary library, nint handle, KnownGpu known)
{
    private const int MaxProcesses = 4096;
    private const int MaxMigInstances = 64;

    private readonly MissingFields _missing = new();
    private NvmlProcessInfo[] _processes = new NvmlProcessInfo[16];
    private IReadOnlyList<string> _throttleReasons = [];
    private long _throttleMask;
    private GpuState _state;

    public nint Handle => handle;

    public KnownGpu Known => known;

    /// <summary>Reads it.</summary>
    public GpuReading Read(DateTimeOffset at)
    {
        _missing.Clear();
        _state = GpuState.Present;
        var identity = known.Identity;

        double? utilization = null, memoryUtilization = null;
        var result = NvmlNative.DeviceGetUtilizationRates(handle, out var rates);
        if (Has(result, "utilization_percent"))
            utilization = Percent(rates.Gpu, "utilization_percent");
        if (Has(result, "memory_utilization_percent"))
            memoryUtilization = Percent(rates.Memory, "memory_utilization_percent");
        var memory = ReadMemory(handle);
        var temperature = Number(NvmlNative.DeviceGetTemperature(handle, NvmlNative.TemperatureGpu, out var celsius), celsius, "temperature_celsius");
        var power = Number(NvmlNative.DeviceGetPowerUsage(handle, out var milliwatts), milliwatts, "power_watts", 0.001);
        var smClock = Number(NvmlNative.DeviceGetClockInfo(handle, NvmlNative.ClockSm, out var megahertz), megahertz, "sm_clock_mhz");
        var memoryClock = Number(NvmlNative.DeviceGetClockInfo(handle, NvmlNative.ClockMemory, out megahertz), megahertz, "memory_clock_mhz");
        if (_state != GpuState.Present)
            return known.Unread(_state, at);

        var reading = identity with
        {
            UtilizationPercent = utilization,
            MemoryUtilizationPercent = memoryUtilization,
            MemoryTotalBytes = memory.Total,
            MemoryUsedBytes = memory.Used,
            MemoryFreeBytes = memory.Free,
            MemoryReservedBytes = memory.Reserved,
            TemperatureCelsius = temperature,
            PowerWatts = power,
            SmClockMhz = smClock,
            MemoryClockMhz = memoryClock,
            MemoryTemperatureCelsius = ReadMemoryTemperature(),
            PowerLimitWatts = Offers(library.EnforcedPowerLimit, "power_limit_watts")
                ? Number(NvmlNative.DeviceGetEnforcedPowerLimit(handle, out milliwatts), milliwatts, "power_limit_watts", 0.001)
                : null,
            EnergyMillijoules = Offers(library.Energy, "energy_millijoules")
                ? Count(NvmlNative.DeviceGetTotalEnergyConsumption(handle, out var millijoules), millijoules, "energy_millijoules")
                : null,
            PcieReplays = Offers(library.PcieReplay, "pcie_replays")
                ? Count(NvmlNative.DeviceGetPcieReplayCounter(handle, out var replays), replays, "pcie_replays")
                : null,
            EccVolatileCorrected = ReadEcc(NvmlNative.ErrorCorrected, NvmlNative.CounterVolatile, "ecc_volatile_corrected"),
            EccVolatileUncorrected = ReadEcc(NvmlNative.ErrorUncorrected, NvmlNative.CounterVolatile, "ecc_volatile_uncorrected"),
            EccAggregateCorrected = ReadEcc(NvmlNative.ErrorCorrected, NvmlNative.CounterAggregate, "ecc_aggregate_corrected"),
            EccAggregateUncorrected = ReadEcc(NvmlNative.ErrorUncorrected, NvmlNative.CounterAggregate, "ecc_aggregate_uncorrected"),
            Processes = ReadProcesses(),
        };
        reading = WithMig(WithThrottling(WithRemappedRows(reading)));
        if (_state != GpuState.Present)
            return known.Unread(_state, at);

        if (!known.HasEvents)
            _missing.Add("xid_errors", library.Events ? "not_supported" : "no_function");
        known.Enter(GpuState.Present, at);
        return reading with
        {
            State = GpuState.Present,
            StateSince = known.StateSince,
            XidErrors = known.HasEvents ? known.XidErrors : null,
            LastXid = known.LastXid,
            LastXidAt = known.LastXidAt,
            Missing = _missing.Result(),
        };
    }

    /// <summary>What a result says of the whole GPU; null when it is about a single field.</summary>
    public static GpuState? StateOf(NvmlReturn result) => result switch
    {
        NvmlReturn.GpuIsLost => GpuState.Lost,
        NvmlReturn.ResetRequired => GpuState.ResetRequired,
        // The handle is of a session that ended, or of a GPU that was taken out.
        NvmlReturn.Uninitialized or NvmlReturn.InvalidArgument => GpuState.Failed,
        _ => null,
    };

    private static string Reason(NvmlReturn result) => result switch
    {
        NvmlReturn.NotSupported or NvmlReturn.Deprecated => "not_supported",
        NvmlReturn.NoPermission => "no_permission",
        NvmlReturn.NoData => "no_value",
        NvmlReturn.FunctionNotFound or NvmlReturn.ArgumentVersionMismatch => "no_function",
        _ => string.Create(CultureInfo.InvariantCulture, $"error_{(int)result}"),
    };

    private bool Has(NvmlReturn result, string field)
    {
        if (result == NvmlReturn.Success)
            return true;
        // An argument of ours cannot be wrong in one call and right in the others: then it is the function that does not know it.
        if (StateOf(result) is { } state && (result != NvmlReturn.InvalidArgument || field == "utilization_percent"))
        {
            if (_state == GpuState.Present)
                _state = state;
        }
        else
        {
            _missing.Add(field, Reason(result));
        }

        return false;
    }

    private bool Offers(bool function, string field)
    {
        if (!function)
            _missing.Add(field, "no_function");
        return function;
    }

    private double? Number(NvmlReturn result, uint value, string field, double unit = 1)
    {
        if (!Has(result, field))
            return null;
        if (value != uint.MaxValue)
            return value * unit;
        _missing.Add(field, "no_value");
        return null;
    }

    private double? Percent(uint value, string field)
    {
        if (value <= 100)
            return value;
        _missing.Add(field, "no_value");
        return null;
    }

    private long? Count(NvmlReturn result, ulong value, string field)
    {
        if (!Has(result, field))
            return null;
        if (value <= long.MaxValue)
            return (long)value;
        _missing.Add(field, "no_value");
        return null;
    }

    private long? Count(NvmlReturn result, uint value, string field) => Count(result, value == uint.MaxValue ? ulong.MaxValue : value, field);

    private (long? Total, long? Used, long? Free, long? Reserved) ReadMemory(nint device)
    {
        if (library.MemoryV2)
        {
            var memory = new NvmlMemoryV2 { Version = NvmlMemoryV2.CurrentVersion };
            var result = NvmlNative.DeviceGetMemoryInfoV2(device, ref memory);
            // A driver may have the function and not yet this version of its struct, or not for this board.
            if (result is not (NvmlReturn.ArgumentVersionMismatch or NvmlReturn.FunctionNotFound or NvmlReturn.NotSupported))
            {
                return (
                    Count(result, memory.Total, "memory_total_bytes"),
                    Count(result, memory.Used, "memory_used_bytes"),
                    Count(result, memory.Free, "memory_free_bytes"),
                    Count(result, memory.Reserved, "memory_reserved_bytes"));
            }
        }

        var old = NvmlNative.DeviceGetMemoryInfo(device, out var plain);
        _missing.Add("memory_reserved_bytes", "no_function");
        return (Count(old, plain.Total, "memory_total_bytes"), Count(old, plain.Used, "memory_used_bytes"), Count(old, plain.Free, "memory_free_bytes"), null);
    }

    private double? ReadMemoryTemperature()
    {
        const string field = "memory_temperature_celsius";
        if (!Offers(library.FieldValues, field))
            return null;
        var value = new NvmlFieldValue { FieldId = NvmlNative.FieldMemoryTemperature };
        var result = NvmlNative.DeviceGetFieldValues(handle, 1, &value);
        if (!Has(result, field) || !Has(value.Return, field))
            return null;
        // The union's type: unsigned int, unsigned long, unsigned long long, signed long long, signed int, unsigned short.
        double? celsius = value.ValueType switch
        {
            1 => (uint)value.Value is var v && v == uint.MaxValue ? null : v,
            2 or 3 => value.Value == ulong.MaxValue ? null : value.Value,
            4 => (long)value.Value,
            5 => (int)value.Value,
            6 => (ushort)value.Value,
            _ => BitConverter.UInt64BitsToDouble(value.Value) is var v && double.IsFinite(v) ? v : null,
        };
        if (celsius is null)
            _missing.Add(field, "no_value");
        return celsius;
    }

    private long? ReadEcc(int error, int counter, string field) => Offers(library.Ecc, field)
        ? Count(NvmlNative.DeviceGetTotalEccErrors(handle, error, counter, out var count), count, field)
        : null;

    private GpuReading WithRemappedRows(GpuReading reading)
    {
        const string field = "remapped_rows";
        if (!Offers(library.RemappedRows, field)
            || !Has(NvmlNative.DeviceGetRemappedRows(handle, out var corrected, out var uncorrected, out var pending, out var failed), field))
        {
            return reading;
        }

        return reading with
        {
            RemappedRowsCorrected = Count(NvmlReturn.Success, corrected, "remapped_rows_corrected"),
            RemappedRowsUncorrected = Count(NvmlReturn.Success, uncorrected, "remapped_rows_uncorrected"),
            RemappedRowsPending = pending != 0,
            RemappedRowsFailed = failed != 0,
        };
    }

    private GpuReading WithThrottling(GpuReading reading)
    {
        const string field = "throttle_reasons";
        var result = NvmlReturn.FunctionNotFound;
        ulong reasons = 0;
        // The second is the older name of the same.
        if (library.ClocksEventReasons)
            result = NvmlNative.DeviceGetClocksEventReasons(handle, out reasons);
        if (result == NvmlReturn.FunctionNotFound && library.ClocksThrottleReasons)
            result = NvmlNative.DeviceGetClocksThrottleReasons(handle, out reasons);
        if (Count(result, reasons, field) is not { } mask)
            return reading;
        if (mask != _throttleMask)
        {
            _throttleMask = mask;
            _throttleReasons = ThrottleReasons.Words(mask);
        }

        return reading with { ThrottleMask = mask, ThrottleReasons = _throttleReasons };
    }

    private List<GpuProcess>? ReadProcesses()
    {
        var compute = Offers(library.ComputeProcesses, "processes") ? Append(null, GpuProcessKind.Compute) : null;
        return library.GraphicsProcesses ? Append(compute, GpuProcessKind.Graphics) : compute;
    }

    private List<GpuProcess>? Append(List<GpuProcess>? list, GpuProcessKind kind)
    {
        uint count;
        NvmlReturn result;
        var attempt = 0;
        do
        {
            count = (uint)_processes.Length;
            fixed (NvmlProcessInfo* buffer = _processes)
            {
                result = kind == GpuProcessKind.Compute
                    ? NvmlNative.DeviceGetComputeRunningProcesses(handle, ref count, buffer)
                    : NvmlNative.DeviceGetGraphicsRunningProcesses(handle, ref count, buffer);
            }

            // More may have started since: ask with room to spare.
            if (result == NvmlReturn.InsufficientSize)
                _processes = new NvmlProcessInfo[Math.Clamp((int)Math.Min(count, MaxProcesses) * 2, 16, MaxProcesses)];
        }
        while (result == NvmlReturn.InsufficientSize && ++attempt < 4);

        if (!Has(result, kind == GpuProcessKind.Compute ? "processes" : "graphics_processes"))
            return list;
        list ??= [];
        for (var i = 0; i < Math.Min(count, _processes.Length); i++)
        {
            ref readonly var process = ref _processes[i];
            list.Add(new GpuProcess
            {
                Pid = process.Pid,
                Kind = kind,
                MemoryUsedBytes = process.UsedGpuMemory <= long.MaxValue ? (long)process.UsedGpuMemory : null,
                GpuInstance = Id(process.GpuInstanceId),
                ComputeInstance = Id(process.ComputeInstanceId),
            });
        }

        return list;
    }

    private GpuReading WithMig(GpuReading reading)
    {
        const string field = "mig_enabled";
        if (!Offers(library.Mig, field) || !Has(NvmlNative.DeviceGetMigMode(handle, out var mode, out _), field))
            return reading;
        if (mode == 0)
            return reading with { MigEnabled = false };

        var instances = new List<MigInstance>();
        if (Has(NvmlNative.DeviceGetMaxMigDeviceCount(handle, out var most), "mig_instances"))
        {
            for (var i = 0u; i < Math.Min(most, MaxMigInstances); i++)
            {
                // Numbers without an instance are not found. The handle is asked for anew, because it may be another instance's by now.
                if (NvmlNative.DeviceGetMigDeviceHandleByIndex(handle, i, out var mig) == NvmlReturn.Success && ReadMig(mig) is { } instance)
                    instances.Add(instance);
            }
        }

        return reading with { MigEnabled = true, MigInstances = instances };
    }

    private MigInstance? ReadMig(nint mig)
    {
        if (NvmlText.Read(&NvmlNative.DeviceGetUuid, mig, out var uuid) != NvmlReturn.Success)
            return null;
        var memory = new NvmlMemoryV2 { Version = NvmlMemoryV2.CurrentVersion };
        var hasMemory = library.MemoryV2 && NvmlNative.DeviceGetMemoryInfoV2(mig, ref memory) == NvmlReturn.Success;
        if (!hasMemory && NvmlNative.DeviceGetMemoryInfo(mig, out var plain) == NvmlReturn.Success)
        {
            hasMemory = true;
            memory = new NvmlMemoryV2 { Total = plain.Total, Used = plain.Used, Free = plain.Free };
        }

        return new MigInstance
        {
            Uuid = uuid,
            Profile = NvmlText.Read(&NvmlNative.DeviceGetName, mig, out var name) == NvmlReturn.Success ? ProfileOf(name) : null,
            GpuInstance = NvmlNative.DeviceGetGpuInstanceId(mig, out var gpuInstance) == NvmlReturn.Success ? Id(gpuInstance) : null,
            ComputeInstance = NvmlNative.DeviceGetComputeInstanceId(mig, out var computeInstance) == NvmlReturn.Success ? Id(computeInstance) : null,
            MemoryTotalBytes = hasMemory ? Bytes(memory.Total) : null,
            MemoryUsedBytes = hasMemory ? Bytes(memory.Used) : null,
            MemoryFreeBytes = hasMemory ? Bytes(memory.Free) : null,
        };
    }

    // An instance is called like its GPU with " MIG 1g.10gb" after it.
    private static string? ProfileOf(string name)
    {
        const string before = " MIG ";
        var at = name.LastIndexOf(before, StringComparison.Ordinal);
        return at < 0 ? null : name[(at + before.Length)..];
    }

    private static long? Bytes(ulong value) => value <= long.MaxValue ? (long)value : null;

    private static int? Id(uint value) => value == uint.MaxValue ? null : (int)value;
}
