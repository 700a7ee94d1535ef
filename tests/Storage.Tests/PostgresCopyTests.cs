using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Drift.Storage.Postgres;
using Drift.Storage.Tests.Support;
using Drift.Support;
using Npgsql;

namespace Drift.Storage.Tests;

/// <summary>When PostgreSQL takes predictions by COPY, and what becomes of a group whose copying fails.</summary>
public sealed class PostgresCopyTests(PostgresFixture fixture) : IClassFixture<PostgresFixture>
{
    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [PostgresFact]
    public async Task Many_predictions_are_copied_and_few_go_with_their_entry()
    {
        var store = await CreateAsync("insert into ways values (current_query());");

        await AppendAsync(store, 1, PostgresJournal.CopyFrom);
        await AppendAsync(store, 2, PostgresJournal.CopyFrom - 1);

        Assert.Equal((PostgresJournal.CopyFrom, PostgresJournal.CopyFrom - 1), await WaysAsync(store));
    }

    [PostgresFact]
    public async Task After_an_id_that_its_day_has_already_groups_go_by_statement_for_a_while()
    {
        var store = await CreateAsync("insert into ways values (current_query());");
        await AppendAsync(store, 1, PostgresJournal.CopyFrom);

        for (var sequence = 2; sequence <= 2 + PostgresJournal.Pause; sequence++)
            await AppendAsync(store, sequence, PostgresJournal.CopyFrom, from: sequence == 2 ? 0 : sequence * PostgresJournal.CopyFrom);
        Assert.Equal((PostgresJournal.CopyFrom, (1 + PostgresJournal.Pause) * PostgresJournal.CopyFrom), await WaysAsync(store));
        await AppendAsync(store, 3 + PostgresJournal.Pause, PostgresJournal.CopyFrom, from: 1_000_000);

        Assert.Equal((2 * PostgresJournal.CopyFrom, (1 + PostgresJournal.Pause) * PostgresJournal.CopyFrom), await WaysAsync(store));
    }

    [PostgresFact]
    public async Task A_connection_that_is_lost_while_copying_is_unavailable_leaves_nothing_and_is_not_tried_again()
    {
        var store = await CreateAsync("perform nextval('attempts'); perform pg_terminate_backend(pg_backend_pid());", "if new.id = 'p7' then", "end if;");

        var failure = await Assert.ThrowsAsync<DriftException>(() => AppendAsync(store, 1, PostgresJournal.CopyFrom));

        Assert.Equal(DriftError.Unavailable, failure.Error);
        Assert.Equal((0, 0), (await store.CountAsync("drift_journal"), await store.CountAsync("predictions")));
        // A sequence is not taken back with what was written.
        Assert.Equal(1L, (await store.RowsAsync("select last_value from attempts"))[0][0]);
    }

    [PostgresFact]
    public async Task An_entry_that_cannot_be_copied_fails_alone()
    {
        var store = await CreateAsync("raise 'not this one';", "if new.id = 'p7' then", "end if;");
        var gate = new GatedJournal(store.Get<IGroupJournal>());
        await using var journal = new GroupCommitJournal(gate, Microsoft.Extensions.Options.Options.Create(new JournalOptions()), new StorageInstruments(null));
        var first = journal.AppendAsync(Entry(store, 1, 1, from: 500), default);
        await gate.Entered;

        var good = journal.AppendAsync(Entry(store, 2, PostgresJournal.CopyFrom, from: 1_000), default);
        var bad = journal.AppendAsync(Entry(store, 3, PostgresJournal.CopyFrom), default);
        gate.Open();

        Assert.Equal([AppendOutcome.Appended, AppendOutcome.Appended], await Task.WhenAll(first, good));
        await Assert.ThrowsAsync<PostgresException>(() => bad);
        Assert.Equal(1 + PostgresJournal.CopyFrom, await store.CountAsync("predictions"));
    }

    /// <summary>A store whose table of predictions does something for each row.</summary>
    private async Task<Store> CreateAsync(string action, string before = "", string after = "")
    {
        var store = await fixture.CreateMigratedAsync();
        await store.ExecuteAsync($"""
            create table ways (query text);
            create sequence attempts;
            create function on_row() returns trigger language plpgsql as $$ begin {before} {action} {after} return new; end $$;
            create trigger on_row before insert on predictions for each row execute function on_row();
            """);
        return store;
    }

    /// <summary>How many rows came by COPY, and how many with their entry.</summary>
    private static async Task<(long Copied, long Stated)> WaysAsync(Store store) =>
        (await store.CountAsync("ways", "query like 'copy %'"), await store.CountAsync("ways", "query not like 'copy %'"));

    private static async Task AppendAsync(Store store, long sequence, int rows, int from = 0) =>
        Assert.Equal(AppendOutcome.Appended, await store.Journal.AppendAsync(Entry(store, sequence, rows, from), default));

    private static JournalEntry Entry(Store store, long sequence, int rows, int from = 0) => new()
    {
        Model = Model,
        Sequence = sequence,
        Kind = 1,
        At = store.Clock.GetUtcNow(),
        Payload = default,
        Predictions = [.. Enumerable.Range(from, rows).Select(i => new PredictionRecord { Id = $"p{i}" })],
    };
}
