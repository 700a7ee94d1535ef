using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Drift.Support.Nvml;

/// <summary>
/// NVIDIA's management library without NVIDIA: a C library of the same functions over GPUs that a test sets up and changes while they are
/// polled. Compiled once per source with gcc. Its state is the process's: tests that use it run one after the other (one xunit collection).
/// </summary>
public sealed class FakeNvml
{
    internal const string Missing = "needs gcc: apt-get install gcc";

    private static readonly Lazy<FakeNvml> LazyInstance = new(() => new FakeNvml(LazyPath!.Value));
    private static readonly Lazy<string> LazyPath = new(Compile);

    private readonly Reset _reset;
    private readonly Set _set;
    private readonly Fail _fail;
    private readonly SetNumber _xid;
    private readonly SetFlag _present;
    private readonly SetFlag _lost;
    private readonly SetFlag _processes;
    private readonly SetFlag _mig;
    private readonly Reset _block;
    private readonly Reset _initResult;
    private readonly Count _sessions;
    private readonly CountLong _eventSets;
    private readonly CountLong _calls;
    private readonly CountLong _starts;
    private readonly Layout _layout;

    private FakeNvml(string path)
    {
        // Loaded once more than the code under test does: the loader gives both the same library.
        var handle = NativeLibrary.Load(path);
        _reset = Function<Reset>("fake_reset");
        _set = Function<Set>("fake_set");
        _fail = Function<Fail>("fake_fail");
        _xid = Function<SetNumber>("fake_xid");
        _present = Function<SetFlag>("fake_present");
        _lost = Function<SetFlag>("fake_lost");
        _processes = Function<SetFlag>("fake_processes");
        _mig = Function<SetFlag>("fake_mig");
        _block = Function<Reset>("fake_block");
        _initResult = Function<Reset>("fake_init_result");
        _sessions = Function<Count>("fake_sessions");
        _eventSets = Function<CountLong>("fake_event_sets");
        _calls = Function<CountLong>("fake_calls");
        _starts = Function<CountLong>("fake_starts");
        _layout = Function<Layout>("fake_layout");

        T Function<T>(string name)
            where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(handle, name));
    }

    private delegate void Reset(int value);

    private delegate void Set(int gpu, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, ulong value);

    private delegate void Fail(int gpu, [MarshalAs(UnmanagedType.LPUTF8Str)] string function, int code);

    private delegate void SetNumber(int gpu, ulong value);

    private delegate void SetFlag(int gpu, int value);

    private delegate int Count();

    private delegate nint CountLong();

    private delegate nint Layout([MarshalAs(UnmanagedType.LPUTF8Str)] string what);

    /// <summary>Whether it can be compiled here.</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux() && Environment.Is64BitProcess && Executables.Find("gcc") is not null;

    /// <summary>The library's file.</summary>
    public static string Path => LazyPath.Value;

    /// <summary>Sessions that were begun and not ended.</summary>
    public int Sessions => _sessions();

    /// <summary>Event sets that were made and not freed.</summary>
    public long EventSets => _eventSets();

    /// <summary>Calls since <see cref="Start"/>.</summary>
    public long Calls => _calls();

    /// <summary>Attempts to begin a session since <see cref="Start"/>.</summary>
    public long Starts => _starts();

    /// <summary>The library in its first state, with so many sound GPUs.</summary>
    public static FakeNvml Start(int gpus)
    {
        LazyInstance.Value._reset(gpus);
        return LazyInstance.Value;
    }

    /// <summary>Sets what a GPU reads, by the names in <c>fake_nvml.c</c>.</summary>
    public void Read(int gpu, string name, ulong value) => _set(gpu, name, value);

    /// <summary>Lets a function fail for a GPU with NVML's number; 0 ends that.</summary>
    public void Refuse(int gpu, string function, int code) => _fail(gpu, function, code);

    /// <summary>Raises a critical error.</summary>
    public void Xid(int gpu, ulong xid) => _xid(gpu, xid);

    /// <summary>Takes a GPU out of the machine or puts it back; sessions that run notice as NVML's do.</summary>
    public void Present(int gpu, bool present) => _present(gpu, present ? 1 : 0);

    /// <summary>Lets a GPU fall off the bus, or come back.</summary>
    public void Lost(int gpu, bool lost) => _lost(gpu, lost ? 1 : 0);

    /// <summary>Runs so many processes on a GPU.</summary>
    public void Processes(int gpu, int count) => _processes(gpu, count);

    /// <summary>Divides a GPU into so many instances.</summary>
    public void Mig(int gpu, int instances) => _mig(gpu, instances);

    /// <summary>Lets calls hang until it is ended.</summary>
    public void Block(bool on) => _block(on ? 1 : 0);

    /// <summary>What the next start of a session answers.</summary>
    public void InitResult(int code) => _initResult(code);

    /// <summary>A struct's size or a field's offset, as the C compiler laid it out.</summary>
    public long LayoutOf(string what) => _layout(what);

    private static string Compile()
    {
        var source = System.IO.Path.Combine(Repository.Root, "tests", "Support", "Nvml", "fake_nvml.c");
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(source)))[..16];
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"drift-fake-nvml-{Environment.UserName}-{hash}");
        var library = System.IO.Path.Combine(folder, "libnvidia-ml.so.1");
        if (File.Exists(library))
            return library;

        Directory.CreateDirectory(folder);
        // Several test processes may compile at once: each writes its own file, and the last to be moved is as good as the first.
        var own = $"{library}.{Environment.ProcessId}";
        var gcc = Executables.Find("gcc") ?? throw new InvalidOperationException($"This test {Missing}.");
        using var compiler = Process.Start(new ProcessStartInfo(gcc, ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", own, source])
        {
            RedirectStandardError = true,
        })!;
        var said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"gcc does not compile {source}:\n{said}");
        File.Move(own, library, overwrite: true);
        return library;
    }
}
