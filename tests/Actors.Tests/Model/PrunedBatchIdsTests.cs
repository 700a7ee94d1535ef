using Drift.Actors.Model;

namespace Drift.Actors.Tests.Model;

public sealed class PrunedBatchIdsTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_that_was_added_is_never_taken_for_a_new_one()
    {
        var pruned = Complete();
        foreach (var part in Ids(100_000).Chunk(999))
            pruned.Add(part, Noon);

        Assert.All(Ids(100_000), id => Assert.True(pruned.MayHave([id])));
        Assert.True(pruned.MayHave([.. Ids(200_000).Skip(100_000), Ids(1)[0]]));
    }

    [Fact]
    public void Nearly_every_other_id_is_known_to_be_new()
    {
        var pruned = Complete();
        pruned.Add(Ids(100_000), Noon);

        Assert.InRange(Ids(200_000).Skip(100_000).Count(id => pruned.MayHave([id])), 0, 25);
        Assert.False(pruned.MayHave([]));
    }

    [Fact]
    public void Until_all_that_were_pruned_before_are_in_it_any_id_may_be_one()
    {
        var pruned = new PrunedBatchIds(Day, Noon);

        Assert.True(pruned.MayHave(Ids(1)));
        Assert.False(pruned.MayHave([]));
        pruned.Complete(0);
        Assert.False(pruned.MayHave(Ids(1)));
    }

    [Fact]
    public void When_more_were_pruned_before_than_are_read_any_id_may_be_one_even_if_hashes_met()
    {
        var pruned = new PrunedBatchIds(Day, Noon);
        pruned.Add(Ids(3), Noon);

        pruned.Complete(PrunedBatchIds.Most);

        Assert.True(pruned.MayHave([Ids(4)[3]]));
    }

    [Fact]
    public void An_id_is_remembered_for_the_horizon_and_forgotten_after_twice_as_long()
    {
        var pruned = Complete();
        var ids = Ids(3);
        pruned.Add(ids.AsSpan(0, 1), Noon);

        pruned.Add(ids.AsSpan(1, 1), Noon + Day);
        Assert.True(pruned.MayHave(ids.AsSpan(0, 1)));
        pruned.Add(ids.AsSpan(2, 1), Noon + Day + Day);
        Assert.False(pruned.MayHave(ids.AsSpan(0, 1)));
        Assert.True(pruned.MayHave(ids.AsSpan(1, 1)));
    }

    [Fact]
    public void When_there_are_too_many_any_id_may_be_one_until_they_are_forgotten()
    {
        var pruned = Complete();
        var added = Numbers(1).Take(PrunedBatchIds.Most + 1_000).ToArray();
        pruned.Add(added, Noon);
        Assert.True(pruned.MayHave(Ids(1)));

        pruned.Add(Ids(1), Noon + Day);
        pruned.Add(Ids(1), Noon + Day + Day);
        Assert.False(pruned.MayHave([Ids(2)[1]]));
    }

    private static PrunedBatchIds Complete()
    {
        var pruned = new PrunedBatchIds(Day, Noon);
        pruned.Complete(0);
        return pruned;
    }

    private static UInt128[] Ids(int count) => BatchIdHash.Of([.. Enumerable.Range(0, count).Select(i => $"batch-{i}")]);

    // Different ones, without the time that so many hashes take.
    private static IEnumerable<UInt128> Numbers(uint first)
    {
        for (var n = first; ; n++)
            yield return n;
    }
}
