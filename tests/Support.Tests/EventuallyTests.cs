namespace Drift.Support.Tests;

public sealed class EventuallyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(60);

    [Fact]
    public async Task It_returns_as_soon_as_the_condition_holds()
    {
        var asked = 0;
        await Eventually.Async(() => ++asked == 3, Long, "the third question");
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task It_fails_with_what_was_awaited_when_the_condition_never_holds()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.Async(() => false, Short, "the verdict opens"));
        Assert.Equal("Not within 0.06 s: the verdict opens", failure.Message);
    }

    [Fact]
    public async Task A_condition_that_throws_is_asked_again_and_its_last_exception_is_told()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.Async(bool () => throw new InvalidOperationException("refused"), Short, "a connection"));
        Assert.EndsWith("a connection (InvalidOperationException: refused)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_that_hangs_does_not_outlive_the_limit()
    {
        var never = new TaskCompletionSource<bool>();
        await Assert.ThrowsAsync<TimeoutException>(() => Eventually.Async(() => never.Task, Short, "an answer"));
    }
}
