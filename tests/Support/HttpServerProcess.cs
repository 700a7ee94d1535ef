using System.Globalization;

namespace Drift.Support;

/// <summary>A server in a folder of its own that answers <c>/-/ready</c> on a free loopback port. It ends with the test process.</summary>
internal sealed class HttpServerProcess : IAsyncDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder;
    private readonly GuardedProcess _process;

    private HttpServerProcess(TempDirectory folder, HttpClient http, GuardedProcess process)
    {
        _folder = folder;
        Http = http;
        _process = process;
    }

    /// <summary>A client at the server's address.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="folder">Its folder; removed with the server, and when it does not start.</param>
    /// <param name="command">The program and its arguments, given the <c>host:port</c> to listen on.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message has the end of its log.</exception>
    public static async Task<HttpServerProcess> StartAsync(string name, TempDirectory folder, Func<string, IEnumerable<string>> command)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}");
                var process = await GuardedProcess.StartAsync(command(address), folder["log"], folder.Path);
                var http = new HttpClient { BaseAddress = new Uri($"http://{address}/") };
                var ready = false;
                await Eventually.Async(
                    async () =>
                    {
                        if (process.HasExited)
                            return true;

                        using var answer = await http.GetAsync("-/ready");
                        return ready = answer.IsSuccessStatusCode;
                    },
                    StartLimit,
                    $"{name} is ready");
                // A stranger on the same port may have answered while our server could not listen.
                if (ready && !process.HasExited)
                    return new HttpServerProcess(folder, http, process);

                var log = process.LogTail();
                http.Dispose();
                await process.DisposeAsync();
                if (attempt == Attempts)
                    throw new InvalidOperationException($"{name} does not start. The end of its log:\n{log}");
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Ends the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
