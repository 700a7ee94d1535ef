using Drift.Actors;
using Drift.Grains.Calls;
using Drift.Support;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Messaging;

namespace Drift.Grains.Tests.Calls;

public sealed class CallRetryTests
{
    private readonly FakeClock _clock = new();
    private readonly CallRetry _retry;
    private int _calls;

    public CallRetryTests() => _retry = new CallRetry(Options.Create(new CallOptions()), _clock);

    [Fact]
    public async Task A_call_whose_silo_died_is_made_again_until_it_is_answered()
    {
        var answer = await AdvanceUntilAsync(_retry.RunAsync(() => FailAsync(3, () => new SiloUnavailableException()), repeatable: true, default));

        Assert.Equal((7, 4), (answer, _calls));
    }

    [Fact]
    public async Task At_the_deadline_the_caller_learns_that_the_outcome_is_unknown()
    {
        var error = await Assert.ThrowsAsync<DriftException>(() =>
            AdvanceUntilAsync(_retry.RunAsync(() => FailAsync(int.MaxValue, () => new TimeoutException()), repeatable: true, default)));

        Assert.Equal(DriftError.Unavailable, error.Error);
        Assert.Contains("The outcome is unknown: retry with the same id", error.Message, StringComparison.Ordinal);
        Assert.True(_calls > 10);
    }

    [Fact]
    public async Task What_no_silo_took_was_not_done()
    {
        var error = await Assert.ThrowsAsync<DriftException>(() =>
            AdvanceUntilAsync(_retry.RunAsync(() => FailAsync(int.MaxValue, () => new ConnectionFailedException("refused")), repeatable: false, default)));

        Assert.Contains("Nothing was done", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_repeated_is_not_called_again_when_it_may_have_been_done()
    {
        var error = await Assert.ThrowsAsync<DriftException>(() => _retry.RunAsync(() => FailAsync(1, () => new SiloUnavailableException()), repeatable: false, default));

        Assert.Equal(1, _calls);
        Assert.Contains("look whether it was done", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_the_actor_is_passed_on_at_once()
    {
        var refusal = new DriftException(DriftError.Unavailable, "The journal is full.");

        Assert.Same(refusal, await Assert.ThrowsAsync<DriftException>(() => _retry.RunAsync(() => FailAsync(1, () => refusal), repeatable: true, default)));
        Assert.Equal(1, _calls);
    }

    private Task<int> FailAsync(int times, Func<Exception> failure) => ++_calls <= times ? Task.FromException<int>(failure()) : Task.FromResult(7);

    private async Task<int> AdvanceUntilAsync(Task<int> call)
    {
        while (!call.IsCompleted)
        {
            // Time passes only in the pauses between calls.
            if (_clock.ActiveTimers > 0)
                _clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await call;
    }
}
