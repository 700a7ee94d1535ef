using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Standalone.Tests.Loop;

/// <summary>The demo of the closed loop with its trainer, as processes of their own, on a server that was told of the trainer.</summary>
internal sealed partial class LoopRun : IAsyncDisposable
{
    private const string Secret = "whsec_ZGVtby1sb29wLXNlY3JldC0xMjM0NTY3OA==";

    private readonly TempDirectory _folder = new("drift-loop-");
    private readonly int _port = FreePort.Next();
    private GuardedProcess? _trainer;
    private GuardedProcess? _loop;

    /// <summary>What the server must be configured with.</summary>
    public Dictionary<string, string> ServerEnvironment => new(StringComparer.Ordinal)
    {
        ["Drift__Triggers__Destinations__0__Name"] = "trainer",
        ["Drift__Triggers__Destinations__0__Url"] = $"http://127.0.0.1:{_port}/fine-tune",
        ["Drift__Triggers__Destinations__0__Secret"] = Secret,
        ["Drift__Delivery__AllowLoopback"] = "true",
        ["Drift__Adapters__EvaluationInterval"] = "00:00:01",
    };

    /// <summary>Everything that the demo said so far, then what the trainer said.</summary>
    public string Said => $"{Read("loop.log")}\n{Read("trainer.log")}";

    /// <summary>The steps that were passed so far, in their order, with the version that each was about.</summary>
    public IReadOnlyList<string> Steps => [.. Step().Matches(Read("loop.log").Split("The time line")[0]).Select(m => m.Groups[2].Success ? $"{m.Groups[1].Value} {m.Groups[2].Value}" : m.Groups[1].Value)];

    public async Task StartAsync(Uri server)
    {
        var url = server.ToString().TrimEnd('/');
        _trainer = await GuardedProcess.StartAsync(
            Command("trainer", "--url", url, "--listen", $"http://127.0.0.1:{_port}", "--secret", Secret, "--artifacts", _folder["adapters"], "--spoil-after", "1"), _folder["trainer.log"]);
        _loop = await GuardedProcess.StartAsync(Command("demo-loop", "--url", url, "--artifacts", _folder["adapters"], "--step-limit", "4m"), _folder["loop.log"]);
    }

    /// <summary>Waits for the end of the demo and gives its exit code.</summary>
    public Task<int> EndAsync() => _loop!.WaitForExitAsync();

    public bool HasEnded => _loop!.HasExited;

    public async ValueTask DisposeAsync()
    {
        if (_loop is not null)
            await _loop.DisposeAsync();
        if (_trainer is not null)
            await _trainer.DisposeAsync();
        _folder.Dispose();
    }

    private static string[] Command(params string[] arguments) =>
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? Environment.ProcessPath!,
        Path.Combine(AppContext.BaseDirectory, "Drift.Standalone.dll"),
        .. arguments,
    ];

    private string Read(string file)
    {
        if (!File.Exists(_folder[file]))
            return "";
        using var reader = new StreamReader(new FileStream(_folder[file], FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^ +[\d.]+ s  (ready|drift|trigger|trained|canary|promoted|rolled back) +(?:(v\d)\b)?", RegexOptions.Multiline)]
    private static partial Regex Step();
}
