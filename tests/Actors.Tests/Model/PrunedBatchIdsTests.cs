using Drift.Actors.Model;

namespace Drift.Actors.Tests.Model;

public sealed class PrunedBatchIdsTests
{
    private const int Most = 50_000;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Start = TimeSpan.FromHours(3);

    private readonly PrunedBatchIds _pruned = new(Day, Most, Start);

    [Fact]
    public void The_entry_of_an_id_is_always_named()
    {
        var ids = Ids(40_000);
        foreach (var (entry, part) in ids.Chunk(99).Index())
            _pruned.Add(1 + entry, part, Start);

        Assert.All(ids.Index(), id => Assert.Contains(1 + (id.Index / 99), _pruned.EntriesOf([id.Item])));
        Assert.Equal([1L, 2, 3], _pruned.EntriesOf([ids[0], ids[100], ids[101], ids[200]]).Order());
    }

    [Fact]
    public void For_nearly_every_other_id_no_entry_is_named()
    {
        _pruned.Add(1, Ids(40_000), Start);

        Assert.InRange(Ids(140_000).Skip(40_000).Count(id => _pruned.EntriesOf([id]).Count > 0), 0, 12);
        Assert.Empty(_pruned.EntriesOf([]));
    }

    [Fact]
    public void Ids_whose_hashes_meet_keep_their_entries_apart()
    {
        // What is kept of these three is the same.
        _pruned.Add(7, [(UInt128)5 << 64 | 1], Start);
        _pruned.Add(8, [(UInt128)6 << 64 | 1], Start);
        _pruned.Add(9, [(UInt128)7 << 64], Start);

        Assert.Equal([7L, 8, 9], _pruned.EntriesOf([1]).Order());
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(17L * uint.MaxValue)]
    public void Sequences_may_have_more_than_32_bits(long last)
    {
        var ids = Ids(20);
        for (var i = 0; i < 20; i++)
            _pruned.Add(last - 10 + i, [ids[i]], Start);

        Assert.All(ids.Index(), id => Assert.Equal([last - 10 + id.Index], _pruned.EntriesOf([id.Item])));
    }

    [Fact]
    public void Of_entries_that_were_pruned_before_the_last_ones_are_taken()
    {
        var ids = Ids(Most + 10);
        var entry = 900L;
        while (_pruned.AddEarlier(entry, ids.AsSpan((int)(900 - entry) * 100, 100)))
            entry--;

        Assert.Equal(900 - (Most / 100) + 1, entry);
        Assert.Equal([900L], _pruned.EntriesOf([ids[0]]));
        Assert.Equal([entry], _pruned.EntriesOf([ids[Most - 1]]));
        Assert.Equal(0, _pruned.ForgottenThrough);
    }

    [Fact]
    public void An_id_is_remembered_for_the_horizon_and_forgotten_after_twice_as_long()
    {
        var ids = Ids(3);
        _pruned.Add(1, [ids[0]], Start);

        _pruned.Add(2, [ids[1]], Start + Day);
        Assert.Equal([1L], _pruned.EntriesOf([ids[0]]));
        Assert.Equal(0, _pruned.ForgottenThrough);

        _pruned.Add(3, [ids[2]], Start + Day + Day);
        Assert.Empty(_pruned.EntriesOf([ids[0]]));
        Assert.Equal([2L], _pruned.EntriesOf([ids[1]]));
        Assert.Equal(1, _pruned.ForgottenThrough);
    }

    [Fact]
    public void When_more_come_within_the_horizon_the_last_ones_are_remembered()
    {
        var ids = Ids(5 * Most);
        for (var i = 0; i < ids.Length; i += 100)
        {
            _pruned.Add(1 + (i / 100), ids.AsSpan(i, 100), Start);
            var oldest = Math.Max(0, i + 100 - Most);
            Assert.Contains(1L + (oldest / 100), _pruned.EntriesOf([ids[oldest]]));
        }

        Assert.Empty(_pruned.EntriesOf(ids.AsSpan(0, 10)));
        Assert.InRange(_pruned.ForgottenThrough, ((5 * Most) - (2 * Most)) / 100, ((5 * Most) - Most) / 100);
    }

    [Fact]
    public void Entries_that_were_pruned_within_the_horizon_are_known_to_be_young()
    {
        var ids = Ids(3);
        Assert.Equal(long.MaxValue, _pruned.AgedThrough);
        _pruned.AddEarlier(5, [ids[0]]);
        Assert.Equal(long.MaxValue, _pruned.AgedThrough);

        _pruned.Add(8, [ids[1]], Start);
        Assert.Equal(7, _pruned.AgedThrough);

        _pruned.Add(9, [ids[2]], Start + Day);
        Assert.Equal(8, _pruned.AgedThrough);
    }

    private static UInt128[] Ids(int count) => BatchIdHash.Of([.. Enumerable.Range(0, count).Select(i => $"batch-{i}")]);
}
