using System.Text;
using Drift.Actors.Ports;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class OutboxContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly Store _store = fixture.Shared;
    private readonly string _destination = Store.NewModel().Name;

    private IOutbox Outbox => _store.Get<IOutbox>();

    [StoreFact]
    public async Task An_entry_comes_back_as_it_was_added()
    {
        var entry = Entry("a") with { Subject = "alert-1", Headers = new Dictionary<string, string> { ["webhook-id"] = "größe" } };
        await Outbox.AddAsync([entry], default);

        var read = (await Outbox.FindAsync("acme", entry.Id, default))!;

        Assert.Equal(entry.Payload.ToArray(), read.Payload.ToArray());
        Assert.Equal(entry.Headers, read.Headers);
        Assert.Equal(entry, read with { Payload = entry.Payload, Headers = entry.Headers });
        Assert.Null(await Outbox.FindAsync("other", entry.Id, default));
    }

    [StoreFact]
    public async Task An_id_is_added_once()
    {
        await Outbox.AddAsync([Entry("a")], default);
        await Outbox.AddAsync([Entry("a") with { Payload = "other"u8.ToArray() }, Entry("b")], default);

        Assert.Equal(["a", "b"], (await ListAsync()).Select(Name).Order());
        Assert.Equal("a", Encoding.UTF8.GetString((await Outbox.FindAsync("acme", Id("a"), default))!.Payload.Span));
    }

    [StoreFact]
    public async Task A_claimed_entry_is_nobody_elses_until_its_lease_is_over()
    {
        await Outbox.AddAsync([Entry("a"), Entry("b") with { NextAttemptAt = Noon.AddSeconds(1) }], default);

        var claimed = Assert.Single(await ClaimAsync(Noon));
        Assert.Equal(("a", 1), (Name(claimed), claimed.Attempts));
        Assert.Empty(await ClaimAsync(Noon));
        Assert.Equal("b", Name(Assert.Single(await ClaimAsync(Noon + Lease - TimeSpan.FromTicks(10)))));

        var again = Assert.Single(await ClaimAsync(Noon + Lease));
        Assert.Equal(("a", 2), (Name(again), again.Attempts));
    }

    [StoreFact]
    public async Task Claims_at_the_same_time_share_the_entries_and_never_one()
    {
        await Outbox.AddAsync([.. Enumerable.Range(0, 40).Select(i => Entry($"{i}"))], default);
        await using var other = _store.OpenAgain();
        IOutbox[] claimers = [Outbox, other.Get<IOutbox>()];

        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => claimers[i % 2].ClaimAsync(_destination, Noon, Lease, 3, default))));

        var claimed = claims.SelectMany(c => c).Select(e => e.Id).ToList();
        Assert.Equal(claimed.Count, claimed.Distinct().Count());
        Assert.All(claims, c => Assert.True(c.Count <= 3));
        while (await Outbox.ClaimAsync(_destination, Noon, Lease, 3, default) is { Count: > 0 } rest)
            claimed.AddRange(rest.Select(e => e.Id));
        Assert.Equal(40, claimed.Distinct().Count());
    }

    [StoreFact]
    public async Task The_outcome_of_an_attempt_whose_lease_was_over_changes_nothing()
    {
        await Outbox.AddAsync([Entry("a")], default);
        var late = Assert.Single(await ClaimAsync(Noon));
        var current = Assert.Single(await ClaimAsync(Noon + Lease));

        Assert.False(await Outbox.RetryAsync(late, Noon, "too late", default));
        Assert.False(await Outbox.GiveUpAsync(late, Noon, "too late", default));
        Assert.True(await Outbox.DeliveredAsync(current, Noon + Lease, default));
        Assert.False(await Outbox.DeliveredAsync(current, Noon + Lease, default));

        var entry = Assert.Single(await ListAsync());
        Assert.Equal((OutboxState.Delivered, Noon + Lease, (string?)null), (entry.State, entry.SettledAt, entry.LastError));
    }

    [StoreFact]
    public async Task A_failed_attempt_is_due_again_at_its_time_with_its_error()
    {
        await Outbox.AddAsync([Entry("a")], default);
        Assert.True(await Outbox.RetryAsync(Assert.Single(await ClaimAsync(Noon)), Noon.AddSeconds(5), "answered 500\0", default));

        Assert.Empty(await ClaimAsync(Noon.AddSeconds(4)));
        var again = Assert.Single(await ClaimAsync(Noon.AddSeconds(5)));
        Assert.Equal((2, "answered 500\uFFFD"), (again.Attempts, again.LastError));
    }

    [StoreFact]
    public async Task What_was_given_up_is_delivered_again_under_its_id_when_somebody_asks()
    {
        await Outbox.AddAsync([Entry("a")], default);
        Assert.Null(await Outbox.RedeliverAsync("acme", Id("a"), Noon, default));
        await Outbox.GiveUpAsync(Assert.Single(await ClaimAsync(Noon)), Noon.AddDays(1), "answered 410", default);
        Assert.Empty(await ClaimAsync(Noon.AddDays(2)));
        Assert.Null(await Outbox.RedeliverAsync("other", Id("a"), Noon, default));

        var queued = await Outbox.RedeliverAsync("acme", Id("a"), Noon.AddDays(2), default);

        Assert.Equal((OutboxState.Pending, Noon.AddDays(2), Noon), (queued!.State, queued.QueuedAt, queued.CreatedAt));
        Assert.Equal((Id("a"), 2), Assert.Single(await ClaimAsync(Noon.AddDays(2))) switch { var e => (e.Id, e.Attempts) });
    }

    [StoreFact]
    public async Task A_list_is_of_one_tenant_and_one_state_the_latest_first()
    {
        await Outbox.AddAsync([Entry("a"), Entry("b") with { CreatedAt = Noon.AddSeconds(1) }, Entry("c") with { Tenant = "other" }], default);
        await Outbox.DeliveredAsync((await ClaimAsync(Noon)).Single(e => Name(e) == "a"), Noon, default);

        Assert.Equal(["b", "a"], (await ListAsync()).Select(Name));
        Assert.Equal(["b"], (await ListAsync(OutboxState.Pending)).Select(Name));
        Assert.Equal(["a"], (await ListAsync(OutboxState.Delivered)).Select(Name));
        Assert.Empty(await ListAsync(OutboxState.Dead));
    }

    [StoreFact]
    public async Task The_backlog_counts_what_waits_and_what_was_given_up()
    {
        await Outbox.AddAsync([Entry("a"), Entry("b"), Entry("c") with { QueuedAt = Noon.AddMinutes(-3) }, Entry("d")], default);
        var claimed = await ClaimAsync(Noon);
        await Outbox.DeliveredAsync(claimed.Single(e => Name(e) == "a"), Noon, default);
        await Outbox.GiveUpAsync(claimed.Single(e => Name(e) == "b"), Noon, "x", default);

        var backlog = (await Outbox.MeasureAsync(default)).Single(b => b.Destination == _destination);

        Assert.Equal(new OutboxBacklog(_destination, 2, 1, Noon.AddMinutes(-3)), backlog);
    }

    private OutboxEntry Entry(string name) => new()
    {
        Id = Id(name),
        Tenant = "acme",
        Kind = "alert",
        Destination = _destination,
        Payload = Encoding.UTF8.GetBytes(name),
        CreatedAt = Noon,
        QueuedAt = Noon,
        NextAttemptAt = Noon,
    };

    private string Id(string name) => $"{_destination}/{name}";

    private static string Name(OutboxEntry entry) => entry.Id.Split('/')[1];

    private Task<IReadOnlyList<OutboxEntry>> ClaimAsync(DateTimeOffset now) => Outbox.ClaimAsync(_destination, now, Lease, 10, default);

    private Task<IReadOnlyList<OutboxEntry>> ListAsync(OutboxState? state = null) => Outbox.ListAsync("acme", new(state, _destination, 10), default);
}
