using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Drift.Storage.Sqlite;
using Drift.Storage.Tests.Support;
using Drift.Support;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Tests;

public sealed class SqliteFailureTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [Fact]
    public async Task A_full_disk_is_unavailable_and_leaves_what_was_there()
    {
        var store = await fixture.CreateMigratedAsync();
        Assert.Equal(AppendOutcome.Appended, await store.Journal.AppendAsync(Entry(1, 10), default));
        await store.Get<SqliteDatabase>().WriteAsync(session => session.Statement("pragma max_page_count = 100").Integer(), default);

        var bare = await Assert.ThrowsAsync<DriftException>(() => store.Journal.AppendAsync(Entry(2, 1_000_000), default));
        var full = await Assert.ThrowsAsync<DriftException>(
            () => store.Journal.AppendAsync(Entry(2, 1_000_000) with { Labels = [new("p", "yes", null)] }, default));

        Assert.Equal((DriftError.Unavailable, DriftError.Unavailable), (bare.Error, full.Error));
        Assert.Contains("full disk", bare.Message, StringComparison.Ordinal);
        await store.Get<SqliteDatabase>().WriteAsync(session => session.Statement("pragma max_page_count = 1000000").Integer(), default);
        Assert.Equal(1, await store.CountAsync("drift_journal"));
        Assert.Equal(AppendOutcome.Appended, await store.Journal.AppendAsync(Entry(2, 1_000_000), default));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_unavailable_and_the_message_names_the_file()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder["file"], "");
        using var database = new SqliteDatabase(Path.Combine(folder["file"], "drift.db"));

        var checking = await Assert.ThrowsAsync<DriftException>(() => new SqliteHealth(database).CheckAsync(default));
        await Assert.ThrowsAsync<DriftException>(() => new SqliteJournal(database).AppendAsync(Entry(1, 1), default));

        Assert.Equal(DriftError.Unavailable, checking.Error);
        Assert.Contains(Path.Combine(folder["file"], "drift.db"), checking.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_unavailable()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder["drift.db"], new string('x', 10_000));
        using var database = new SqliteDatabase(folder["drift.db"]);

        var checking = await Assert.ThrowsAsync<DriftException>(() => new SqliteHealth(database).CheckAsync(default));

        Assert.Contains("restore a backup", checking.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "locked")]
    [InlineData(6, "locked")]
    [InlineData(8, "cannot be written")]
    [InlineData(10, "check the disk")]
    [InlineData(13, "full disk")]
    [InlineData(14, "cannot be opened")]
    public void Each_failure_of_the_file_says_what_to_do(int code, string words)
    {
        var translated = SqliteErrors.Translate(new SqliteException("any text", code), "/data/drift.db");

        Assert.Equal(DriftError.Unavailable, translated!.Error);
        Assert.Contains(words, translated.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void A_mistake_of_ours_stays_what_it_is(int code) => Assert.Null(SqliteErrors.Translate(new SqliteException("any text", code), "/data/drift.db"));

    [Fact]
    public async Task Commits_are_durable_and_readers_cannot_write()
    {
        var database = (await fixture.CreateMigratedAsync()).Get<SqliteDatabase>();

        // 2 is FULL.
        Assert.Equal(2, await database.WriteAsync(session => session.Statement("pragma synchronous").Integer(), default));
        Assert.Equal(0, await database.WriteAsync(session => session.Statement("pragma foreign_keys").Integer(), default));
        await Assert.ThrowsAsync<DriftException>(() => database.ReadAsync(session => session.Statement("delete from models").Execute(), default));
    }

    [Fact]
    public async Task The_log_stays_small_however_much_is_written_at_once()
    {
        var store = await fixture.CreateMigratedAsync();
        var journal = store.Get<IGroupJournal>();
        var path = await FileOfAsync(store);

        var longest = 0L;
        for (var sequence = 1; sequence <= 2_000; sequence++)
        {
            await journal.AppendAsync([Entry(sequence, 64 * 1024)]);
            longest = Math.Max(longest, new FileInfo(path + "-wal").Length);
        }

        // 128 MiB were written. What is left out of account is how far a busy machine lets the writer run ahead.
        Assert.InRange(longest, 4L << 20, 100L << 20);
        Assert.InRange(new FileInfo(path).Length, 28L << 20, long.MaxValue);
    }

    [Fact]
    public async Task The_log_begins_anew_soon_after_the_reader_has_gone_that_kept_it_from_that()
    {
        var store = await fixture.CreateMigratedAsync();
        var journal = store.Get<IGroupJournal>();
        var log = await FileOfAsync(store) + "-wal";
        var sequence = 0;
        await journal.AppendAsync([Entry(++sequence, 10)]);
        var first = Beginning();
        await foreach (var _ in journal.ReadAsync(ActorKey.Model(Model), 0, default))
        {
            // 5 MiB, of which the first 4 make it due.
            for (var i = 0; i < 60; i++)
                await journal.AppendAsync([Entry(++sequence, 64 * 1024)]);
        }

        Assert.Equal(first, Beginning());

        // Not only when 4 MiB more are written: 20 entries are 1.6.
        await Eventually.Async(
            async () =>
            {
                if (sequence < 81)
                    await journal.AppendAsync([Entry(++sequence, 64 * 1024)]);
                return Beginning() != first;
            },
            TimeSpan.FromSeconds(20),
            "the log begins anew");

        // The header's salt: another one with each new beginning.
        string Beginning()
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var header = new byte[32];
            file.ReadExactly(header);
            return Convert.ToHexString(header, 16, 8);
        }
    }

    private static Task<string> FileOfAsync(Store store) => store.Get<SqliteDatabase>().ReadAsync(
        session =>
        {
            using var row = session.Statement("select file from pragma_database_list").Query();
            return row.Read() ? row.GetString(0) : "";
        },
        default);

    private static JournalEntry Entry(long sequence, int bytes) => new()
    {
        Model = Model,
        Sequence = sequence,
        Kind = 1,
        At = DateTimeOffset.UnixEpoch,
        Payload = new byte[bytes],
    };
}
