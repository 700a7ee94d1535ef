using System.Data.Common;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Drift.Storage.Tests.Support;

/// <summary>A database as one process has it open.</summary>
public sealed class Store : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Func<DbConnection> _raw;
    private readonly Action<IServiceCollection> _register;
    private static int _models;

    public Store(Action<IServiceCollection> register, Func<DbConnection> raw)
    {
        _register = register;
        _raw = raw;
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(Clock);
        register(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public FakeClock Clock { get; } = new();

    public IActorStateStore States => Get<IActorStateStore>();

    public IJournal Journal => Get<IJournal>();

    public IPredictionLog Predictions => Get<IPredictionLog>();

    public IHistory History => Get<IHistory>();

    public IModelDirectory Models => Get<IModelDirectory>();

    public IMigrator Migrator => Get<IMigrator>();

    public IRetention Retention => Get<IRetention>();

    public IStorageHealth Health => Get<IStorageHealth>();

    /// <summary>A model that no other test uses.</summary>
    public static ModelId NewModel() => ModelId.Create("acme", $"model-{Interlocked.Increment(ref _models)}");

    /// <summary>The same database as another process would have it open.</summary>
    public Store OpenAgain() => new(_register, _raw);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Changes the database behind the store's back.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = _raw();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Looks into the database behind the store's back; null for SQL's null.</summary>
    public async Task<IReadOnlyList<object?[]>> RowsAsync(string sql)
    {
        await using var connection = _raw();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);

            rows.Add(row);
        }

        return rows;
    }

    public async Task<long> CountAsync(string table, string where = "1 = 1") =>
        Convert.ToInt64((await RowsAsync($"select count(*) from {table} where {where}"))[0][0], null);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Makes databases of one kind. As a fixture, one migrated database for a class.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private readonly List<Store> _stores = [];
    private Store? _shared;

    protected abstract bool IsAvailable { get; }

    /// <summary>The class's database; tests keep apart by using models of their own.</summary>
    public Store Shared => _shared ?? throw new InvalidOperationException("There is no database on this machine.");

    /// <summary>A database of its own, without a table.</summary>
    public async Task<Store> CreateEmptyAsync()
    {
        var store = await CreateAsync();
        lock (_stores)
            _stores.Add(store);

        return store;
    }

    /// <summary>A database of its own.</summary>
    public async Task<Store> CreateMigratedAsync()
    {
        var store = await CreateEmptyAsync();
        await store.Migrator.MigrateAsync();
        return store;
    }

    public async Task InitializeAsync()
    {
        if (IsAvailable)
            _shared = await CreateMigratedAsync();
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    /// <summary>A time as it stands in SQL.</summary>
    public abstract string Literal(DateTimeOffset time);

    protected abstract Task<Store> CreateAsync();
}

public sealed class SqliteFixture : StoreFixture
{
    private readonly TempDirectory _folder = new();
    private int _files;

    protected override bool IsAvailable => true;

    public override string Literal(DateTimeOffset time) => $"{(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override Task<Store> CreateAsync()
    {
        var path = Path.Combine(_folder[$"{Interlocked.Increment(ref _files)}"], "deeper", "drift.db");
        return Task.FromResult(new Store(
            services => services.AddDriftSqlite(path), () => new SqliteConnection($"Data Source={path};Pooling=False")));
    }
}

public sealed class PostgresFixture : StoreFixture
{
    protected override bool IsAvailable => PostgresServer.IsAvailable;

    public override string Literal(DateTimeOffset time) => $"'{time:O}'";

    protected override async Task<Store> CreateAsync()
    {
        var connectionString = await (await PostgresServer.Shared).CreateDatabaseAsync();
        return new Store(services => services.AddDriftPostgres(connectionString), () => new NpgsqlConnection(connectionString + ";Pooling=false"));
    }
}
