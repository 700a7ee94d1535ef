using System.Diagnostics;
using System.Globalization;

namespace Drift.Support;

/// <summary>Waits for a condition, never for a number of seconds.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Polls until <paramref name="condition"/> holds. A condition that throws does not hold yet.
    /// </summary>
    /// <param name="condition">What to wait for; asked at least once.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="what">What is awaited, as the end of the sentence "Not within 10 s: …".</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit; its last exception is the inner one.</exception>
    public static async Task Async(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var start = Stopwatch.GetTimestamp();
        Exception? last;
        do
        {
            try
            {
                // A condition that hangs must not outlive the limit either.
                var remaining = limit - Stopwatch.GetElapsedTime(start);
                if (await condition().WaitAsync(remaining > Pause ? remaining : Pause))
                    return;

                last = null;
            }
            catch (Exception e)
            {
                last = e;
            }

            await Task.Delay(Pause);
        }
        while (Stopwatch.GetElapsedTime(start) < limit);

        var reason = last is null ? "" : $" ({last.GetType().Name}: {last.Message})";
        throw new TimeoutException($"Not within {limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s: {what}{reason}", last);
    }

    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Async(Func<bool> condition, TimeSpan limit, string what)
        => Async(() => Task.FromResult(condition()), limit, what);
}
