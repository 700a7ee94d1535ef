using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Postgres;
using Drift.Storage.Tests.Support;
using Drift.Support;
using Npgsql;

namespace Drift.Storage.Tests;

public sealed class PostgresFailureTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly ModelId Model = ModelId.Create("acme", "credit");

    [PostgresFact]
    public async Task What_was_appended_survives_the_kill_of_the_server_and_meanwhile_it_is_unavailable()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var store = await CreateAsync(await server.CreateDatabaseAsync());
        await store.Migrator.MigrateAsync();
        for (var sequence = 1; sequence <= 50; sequence++)
            Assert.Equal(AppendOutcome.Appended, await store.Journal.AppendAsync(Entry(sequence), default));

        await server.KillAsync();
        // Backends outlive their postmaster for a moment.
        DriftException? refused = null;
        await Eventually.Async(
            async () =>
            {
                try
                {
                    await store.Health.CheckAsync();
                    return false;
                }
                catch (DriftException e)
                {
                    refused = e;
                    return true;
                }
            },
            Limit,
            "the server is gone");
        Assert.Equal(DriftError.Unavailable, refused!.Error);

        await server.StartAsync();
        await Eventually.Async(
            async () =>
            {
                await store.Health.CheckAsync();
                return true;
            },
            Limit,
            "the store finds the server again");
        Assert.Equal(50, await store.CountAsync("drift_journal"));
        Assert.Equal(AppendOutcome.Conflict, await store.Journal.AppendAsync(Entry(50), default));
        Assert.Equal(50, (await store.Journal.ReadBatchIdsAsync(ActorKey.Model(Model), default)).Count);
        Assert.Equal(AppendOutcome.Appended, await store.Journal.AppendAsync(Entry(51), default));
    }

    [PostgresFact]
    public async Task A_server_that_cannot_be_reached_is_unavailable()
    {
        await using var store = await CreateAsync($"Host=127.0.0.1;Port={FreePort.Next()};Username=x;Password=x;Database=x;Timeout=5");

        foreach (var call in (Func<Task>[])
        [
            () => store.Health.CheckAsync(),
            () => store.Migrator.PendingAsync(),
            () => store.Journal.AppendAsync(Entry(1), default),
            () => store.States.LoadAsync("k", default),
            async () =>
            {
                await foreach (var _ in store.Journal.ReadAsync("k", 0, default))
                {
                }
            },
        ])
        {
            var failure = await Assert.ThrowsAsync<DriftException>(call);
            Assert.Equal(DriftError.Unavailable, failure.Error);
            Assert.Contains("ConnectionStrings:Drift", failure.Message, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task A_wrong_password_or_database_says_so()
    {
        var connectionString = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await using var password = await CreateAsync(new NpgsqlConnectionStringBuilder(connectionString) { Password = "wrong" }.ConnectionString);
        await using var database = await CreateAsync(new NpgsqlConnectionStringBuilder(connectionString) { Database = "absent" }.ConnectionString);

        Assert.Contains("password", (await Assert.ThrowsAsync<DriftException>(() => password.Health.CheckAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<DriftException>(() => database.Health.CheckAsync())).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_database_that_is_not_migrated_says_so()
    {
        await using var store = await CreateAsync(await (await PostgresServer.Shared).CreateDatabaseAsync());

        var failure = await Assert.ThrowsAsync<DriftException>(() => store.Journal.AppendAsync(Entry(1), default));

        Assert.Contains("migrate", failure.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task The_connection_string_has_defaults_where_it_does_not_say()
    {
        var connectionString = await (await PostgresServer.Shared).CreateDatabaseAsync();
        await using var source = PostgresDatabase.CreateDataSource(connectionString, loggers: null);
        await using var own = PostgresDatabase.CreateDataSource(connectionString + ";Application Name=mine;Max Auto Prepare=0", loggers: null);

        Assert.Equal("drift", await SettingAsync(source));
        Assert.Equal("mine", await SettingAsync(own));
        Assert.Equal(50, new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxAutoPrepare);
        Assert.Equal(20, new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize);
        Assert.True(new NpgsqlConnectionStringBuilder(source.ConnectionString).NoResetOnClose);
        Assert.Equal(0, new NpgsqlConnectionStringBuilder(own.ConnectionString).MaxAutoPrepare);

        static async Task<string?> SettingAsync(NpgsqlDataSource source)
        {
            await using var command = source.CreateCommand("show application_name");
            return (string?)await command.ExecuteScalarAsync();
        }
    }

    private static Task<Store> CreateAsync(string connectionString) =>
        Task.FromResult(new Store(
            services => services.AddDriftPostgres(connectionString), () => new NpgsqlConnection(connectionString + ";Pooling=false")));

    private static JournalEntry Entry(long sequence) => new()
    {
        Model = Model,
        Sequence = sequence,
        Kind = 1,
        BatchIds = [$"b{sequence}"],
        At = DateTimeOffset.UnixEpoch,
        Payload = new byte[100],
    };
}
