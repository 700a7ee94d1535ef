using System.Globalization;
using Drift.Support;
using Drift.Support.Nvml;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>The executable as it is deployed, on PostgreSQL, the system's clock, and two GPUs that a stand-in for NVIDIA's library has.</summary>
internal sealed class LiveHost : IAsyncDisposable
{
    /// <summary>Under which name it reports its GPUs.</summary>
    public const string GpuNode = "gpu-7";

    /// <summary>How many it has.</summary>
    public const int Gpus = 2;

    /// <summary>Into how many instances MIG divides the last.</summary>
    public const int MigInstances = 2;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder;
    private readonly GuardedProcess _process;

    private LiveHost(TempDirectory folder, GuardedProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Http = new HttpClient { BaseAddress = Address(port) };
    }

    public HttpClient Http { get; }

    public static async Task<LiveHost> StartAsync(string postgres, int port, Uri vllm)
    {
        var folder = new TempDirectory("drift-live-");
        var process = await GuardedProcess.StartAsync(
            [
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? Environment.ProcessPath!,
                Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll"),
                "serve",
                "--data", folder["data"],
                "--urls", Address(port).ToString().TrimEnd('/'),
            ],
            folder["log"],
            folder.Path,
            [
                new("ConnectionStrings__Drift", postgres),
                new("Logging__LogLevel__Default", "Warning"),
                new("DOTNET_gcServer", "0"),
                new("Drift__Gpus__Library", FakeNvml.Path),
                new("Drift__Gpus__Node", GpuNode),
                new("Drift__Delivery__AllowLoopback", "true"),
                new("Drift__Deployers__gpu_7__Url", vllm.ToString()),
                new("Drift__Vllm__Targets__gpu_7__Url", vllm.ToString()),
                new("Drift__Vllm__Interval", "00:00:01"),
                new("Drift__Adapters__EvaluationInterval", "00:00:02"),
                new("FAKE_NVML_GPUS", Gpus.ToString(CultureInfo.InvariantCulture)),
                new("FAKE_NVML_MIG", MigInstances.ToString(CultureInfo.InvariantCulture)),
            ],
            stopSignal: "TERM");
        var host = new LiveHost(folder, process, port);
        await Eventually.Async(
            async () => process.HasExited || (await host.Http.GetAsync(new Uri("health/ready", UriKind.Relative))).IsSuccessStatusCode,
            StartLimit,
            "the host is ready");
        return process.HasExited ? throw new InvalidOperationException($"The host does not start:\n{process.LogTail()}") : host;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
}
