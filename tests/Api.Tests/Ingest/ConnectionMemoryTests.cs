using Drift.Api.Ingest;

namespace Drift.Api.Tests.Ingest;

public sealed class ConnectionMemoryTests
{
    [Fact]
    public void A_block_that_is_given_back_is_the_next_one_and_none_has_two_owners()
    {
        using var memory = new ConnectionMemory();
        var first = memory.Rent();
        var second = memory.Rent(4096);
        Assert.Equal((16384, 16384), (first.Memory.Length, second.Memory.Length));
        Assert.False(first.Memory.Span == second.Memory.Span);

        first.Dispose();
        Assert.Same(first, memory.Rent(16384));
        Assert.NotSame(second, memory.Rent());
    }

    [Fact]
    public void More_than_a_block_is_refused_as_the_pool_announces()
    {
        using var memory = new ConnectionMemory();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Rent(memory.MaxBufferSize + 1));
    }
}
