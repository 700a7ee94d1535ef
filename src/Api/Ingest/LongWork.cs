using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Drift.Api.Ingest;

/// <summary>
/// Threads for work that keeps a processor busy for long: reading large bodies and binning many rows. One per processor, at a lower priority than
/// all others of the host, so that whatever is short (the next request, an acknowledgement, another model's single row) gets a processor at once
/// however much of this waits. It costs the rows that are read so a tenth to a fifth, as their bytes are no longer at hand for the processor: it is for
/// models that crowd others out (<see cref="Arrivals"/>). Thread-safe.
/// </summary>
internal sealed class LongWork : IDisposable
{
    // Ten steps are a tenth of the share where both want the processor, and all of it where nobody else does.
    private const int Nice = 10;

    private readonly BlockingCollection<Action> _waiting = [];

    public LongWork()
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            // Priority counts on Windows, where Linux has a value of its own per thread.
            var thread = new Thread(Work) { IsBackground = true, Name = "Drift long work", Priority = ThreadPriority.BelowNormal };
            thread.Start();
        }
    }

    /// <summary>Runs work on one of the threads; what follows the task runs elsewhere.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever it is belongs to the caller.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Ends the threads when what waits is done.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    private void Work()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Nice);
        foreach (var work in _waiting.GetConsumingEnumerable())
            work();
    }

    // Of the calling thread, on Linux. Nobody needs a right to lower it; where it fails all the same, work is as fair as it was.
    [DllImport("libc", EntryPoint = "setpriority"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
