using System.Globalization;
using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// Reads all GPUs of this machine through NVML, for as long as it lives, whatever happens to them: a library or driver that comes
/// later is found, a GPU that is lost is reported and found again when it returns. <see cref="Read"/> never throws for anything that
/// the driver does. Not thread-safe; a call may block for as long as the driver does.
/// </summary>
internal sealed unsafe class NvmlReader : IDisposable
{
    /// <summary>
    /// How long is waited before the driver's session is started again: a driver lists a GPU that came or went only to a new session.
    /// Doubles up to <see cref="LongestRestartInterval"/> for as long as it does not help, because ending the last session of a driver
    /// without persistence mode unloads it.
    /// </summary>
    public static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(30);

    /// <summary>The longest such wait.</summary>
    public static readonly TimeSpan LongestRestartInterval = TimeSpan.FromMinutes(5);

    /// <summary>Events taken in one reading; more wait for the next.</summary>
    private const int MaxEvents = 256;

    private readonly string? _path;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, KnownGpu> _known = new(StringComparer.Ordinal);
    private readonly List<NvmlDevice> _devices = [];
    private readonly Dictionary<int, NvmlReturn> _refused = [];
    private NvmlLibrary? _library;
    private nint _events;
    private long? _lastStart;
    private TimeSpan _restartInterval = RestartInterval;
    private bool _running;
    private uint _count;
    private GpuDriverState _state;
    private string? _detail;
    private string? _driverVersion;
    private string? _nvmlVersion;

    /// <param name="path">The library; null for the one that the system finds.</param>
    /// <param name="clock">The clock of reports and restarts.</param>
    public NvmlReader(string? path, TimeProvider clock)
    {
        _path = path;
        _clock = clock;
    }

    /// <summary>Reads all GPUs, and those that were there before.</summary>
    public GpuReport Read()
    {
        var at = _clock.GetUtcNow();
        if (_running && (NeedsRestart() || NvmlNative.DeviceGetCount(out var count) != NvmlReturn.Success || count != _count) && MayStart())
            Stop();
        if (!_running && MayStart())
            Start(at);
        if (!_running)
            return Report(at, [.. _known.Values.Select(k => k.Unread(GpuState.Unknown, at))]);

        DrainEvents(at);
        var gpus = new List<GpuReading>(_known.Count);
        var read = new HashSet<KnownGpu>(_devices.Count);
        foreach (var device in _devices)
        {
            gpus.Add(device.Read(at));
            read.Add(device.Known);
        }

        foreach (var known in _known.Values)
        {
            if (!read.Contains(known))
                gpus.Add(known.Unread(_refused.TryGetValue(known.Identity.Index, out var why) ? NvmlDevice.StateOf(why) ?? GpuState.Failed : GpuState.Vanished, at));
        }

        if (!NeedsRestart())
            _restartInterval = RestartInterval;
        gpus.Sort(static (a, b) => (a.Index, a.Uuid).CompareTo((b.Index, b.Uuid)));
        return Report(at, gpus);
    }

    /// <summary>Ends the driver's session.</summary>
    public void Dispose() => Stop();

    private static (GpuDriverState State, string Detail) Explain(NvmlReturn result) => result switch
    {
        NvmlReturn.DriverNotLoaded => (GpuDriverState.DriverNotLoaded, "The NVIDIA kernel driver is not loaded: see lsmod | grep nvidia."),
        NvmlReturn.LibraryVersionMismatch => (GpuDriverState.VersionMismatch, "NVML and the kernel driver are of different versions: restart the node to finish the upgrade."),
        NvmlReturn.NoPermission => (GpuDriverState.NoPermission, "This user may not use the NVIDIA driver: check the rights of /dev/nvidiactl and /dev/nvidia*."),
        NvmlReturn.OperatingSystem => (GpuDriverState.NoPermission, "The system keeps the GPUs from this process: check its control group and /dev/nvidia*."),
        NvmlReturn.GpuNotFound => (GpuDriverState.NoDevices, "The driver is loaded and finds no GPU."),
        NvmlReturn.GpuIsLost => (GpuDriverState.Failed, "The driver does not start, because a GPU has fallen off the bus: see dmesg for its XID."),
        _ => (GpuDriverState.Failed, string.Create(CultureInfo.InvariantCulture, $"The driver answers with NVML error {(int)result}.")),
    };

    private bool MayStart() => _lastStart is not { } last || _clock.GetElapsedTime(last) >= _restartInterval;

    private bool NeedsRestart() => _state == GpuDriverState.NoDevices || _refused.Count > 0 || _known.Values.Any(k => k.State != GpuState.Present);

    private void Start(DateTimeOffset at)
    {
        if (_lastStart is not null)
            _restartInterval = TimeSpan.FromTicks(Math.Min(_restartInterval.Ticks * 2, LongestRestartInterval.Ticks));
        _lastStart = _clock.GetTimestamp();
        _state = NvmlLibrary.Open(_path, out _library, out _detail);
        if (_library is null)
            return;
        var result = NvmlNative.Init();
        if (result != NvmlReturn.Success)
        {
            (_state, _detail) = Explain(result);
            return;
        }

        _running = true;
        _driverVersion = _library.DriverVersion ? NvmlText.Read(&NvmlNative.SystemGetDriverVersion) : null;
        _nvmlVersion = _library.NvmlVersion ? NvmlText.Read(&NvmlNative.SystemGetNvmlVersion) : null;
        Enumerate(at);
    }

    private void Enumerate(DateTimeOffset at)
    {
        var library = _library!;
        var result = NvmlNative.DeviceGetCount(out _count);
        if (result != NvmlReturn.Success || _count == 0)
        {
            (_state, _detail) = Explain(result == NvmlReturn.Success ? NvmlReturn.GpuNotFound : result);
            _count = 0;
            return;
        }

        if (!library.Events || NvmlNative.EventSetCreate(out _events) != NvmlReturn.Success)
            _events = 0;
        for (var i = 0u; i < _count; i++)
        {
            result = NvmlNative.DeviceGetHandleByIndex(i, out var handle);
            var uuid = "";
            if (result == NvmlReturn.Success)
                result = NvmlText.Read(&NvmlNative.DeviceGetUuid, handle, out uuid);
            if (result != NvmlReturn.Success)
            {
                _refused[(int)i] = result;
                continue;
            }

            var identity = Identify(library, handle, (int)i, uuid, at);
            if (!_known.TryGetValue(uuid, out var known))
                _known.Add(uuid, known = new KnownGpu(identity));
            known.Identity = identity;
            known.HasEvents = _events != 0 && NvmlNative.DeviceRegisterEvents(handle, NvmlNative.EventXid, _events) == NvmlReturn.Success;
            _devices.Add(new NvmlDevice(library, handle, known));
        }

        if (_refused.Count > 0)
        {
            _detail = "The driver lists and does not open GPU "
                + string.Join(", ", _refused.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} ({Name(r.Value)})"))) + ".";
        }
    }

    private static string Name(NvmlReturn result) => result switch
    {
        NvmlReturn.GpuIsLost => "lost",
        NvmlReturn.NoPermission => "no permission",
        NvmlReturn.ResetRequired => "needs a reset",
        _ => string.Create(CultureInfo.InvariantCulture, $"NVML error {(int)result}"),
    };

    private static GpuReading Identify(NvmlLibrary library, nint handle, int index, string uuid, DateTimeOffset at)
    {
        NvmlText.Read(&NvmlNative.DeviceGetName, handle, out var name);
        string? device = null, bus = null;
        if (library.MinorNumber && NvmlNative.DeviceGetMinorNumber(handle, out var minor) == NvmlReturn.Success && minor != uint.MaxValue)
            device = string.Create(CultureInfo.InvariantCulture, $"nvidia{minor}");
        if (library.PciInfo && NvmlNative.DeviceGetPciInfo(handle, out var pci) == NvmlReturn.Success)
            bus = NvmlText.Decode(new ReadOnlySpan<byte>(pci.BusId, 32));
        return new GpuReading { Index = index, Uuid = uuid, Model = name, Device = device, PciBusId = bus, StateSince = at };
    }

    private void DrainEvents(DateTimeOffset at)
    {
        for (var i = 0; _events != 0 && i < MaxEvents; i++)
        {
            if (NvmlNative.EventSetWait(_events, out var data, 0) != NvmlReturn.Success)
                return;
            if ((data.EventType & NvmlNative.EventXid) == 0)
                continue;
            foreach (var device in _devices)
            {
                if (device.Handle == data.Device)
                    device.Known.NoteXid(data.EventData, at);
            }
        }
    }

    private void Stop()
    {
        if (!_running)
            return;
        if (_events != 0)
            _ = NvmlNative.EventSetFree(_events);
        _events = 0;
        _devices.Clear();
        _refused.Clear();
        _count = 0;
        _running = false;
        _ = NvmlNative.Shutdown();
    }

    private GpuReport Report(DateTimeOffset at, IReadOnlyList<GpuReading> gpus) => new()
    {
        At = at,
        State = _state,
        Detail = _detail,
        DriverVersion = _driverVersion,
        NvmlVersion = _nvmlVersion,
        Gpus = gpus,
    };
}
