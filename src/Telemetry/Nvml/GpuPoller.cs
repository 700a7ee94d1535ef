using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>
/// Polls this machine's GPUs. A driver that hangs does not hang the caller: the poll goes on by itself, and until it ends every
/// further one answers at once that the driver does not respond. Not thread-safe.
/// </summary>
public sealed class GpuPoller : IAsyncDisposable
{
    private readonly NvmlReader _reader;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private Task<GpuReport>? _running;
    private GpuReport? _last;

    /// <summary>Creates a poller; nothing is opened before the first poll.</summary>
    /// <param name="options">Which library, and how long a poll may take.</param>
    /// <param name="clock">The clock of reports, time limits and restarts.</param>
    public GpuPoller(GpuPollOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _reader = new NvmlReader(string.IsNullOrWhiteSpace(options.Library) ? null : options.Library, clock);
        _clock = clock;
        _timeout = options.Timeout;
    }

    /// <summary>Polls once. Never throws for anything that the driver does.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the poll goes on in the background.</exception>
    public async Task<GpuReport> PollAsync(CancellationToken cancellationToken)
    {
        // What a call that hung came back with at last is old news.
        if (_running is { IsCompleted: true })
            _running = null;
        var hung = _running is not null;
        _running ??= Task.Run(_reader.Read, CancellationToken.None);
        try
        {
            if (hung)
                return NotResponding();
            _last = await _running.WaitAsync(_timeout, _clock, cancellationToken).ConfigureAwait(false);
            _running = null;
            return _last;
        }
        catch (TimeoutException)
        {
            return NotResponding();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of ours must not end the polling either.
            _running = null;
            return _last = Unread(GpuDriverState.Failed, $"Polling failed: {e.Message}");
        }
    }

    /// <summary>Ends the driver's session, unless a call into it still hangs: then the end of the process does.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            try
            {
                await _running.WaitAsync(TimeSpan.FromSeconds(1), _clock).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return;
            }
        }

        _reader.Dispose();
    }

    private GpuReport NotResponding() => _last = Unread(
        GpuDriverState.NotResponding, $"A call into the driver is not back after {_timeout}: see dmesg; nvidia-smi hangs too when the driver does.");

    private GpuReport Unread(GpuDriverState state, string detail)
    {
        var at = _clock.GetUtcNow();
        return new GpuReport
        {
            At = at,
            State = state,
            Detail = detail,
            DriverVersion = _last?.DriverVersion,
            NvmlVersion = _last?.NvmlVersion,
            Gpus = [.. (_last?.Gpus ?? []).Select(gpu => gpu.Without(GpuState.Unknown, gpu.State == GpuState.Unknown ? gpu.StateSince ?? at : at))],
        };
    }
}
