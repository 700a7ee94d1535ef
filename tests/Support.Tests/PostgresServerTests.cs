using Npgsql;

namespace Drift.Support.Tests;

public sealed class PostgresServerTests
{
    [PostgresFact]
    public async Task Every_database_is_fresh()
    {
        var server = await PostgresServer.Shared;
        var first = await server.CreateDatabaseAsync();
        var second = await server.CreateDatabaseAsync();

        await ExecuteAsync(first, "create table only_here (n int)");

        Assert.Equal("only_here", await ExecuteAsync(first, "select to_regclass('only_here')::text"));
        Assert.Equal(DBNull.Value, await ExecuteAsync(second, "select to_regclass('only_here')::text"));
    }

    [PostgresFact]
    public async Task The_shared_server_is_one_and_durable()
    {
        var server = await PostgresServer.Shared;
        Assert.Same(server, await PostgresServer.Shared);
        Assert.Equal("on", await ExecuteAsync(server.ConnectionString, "show fsync"));
    }

    [PostgresFact]
    public async Task A_killed_server_starts_again_with_what_was_committed()
    {
        await using var server = await PostgresServer.StartNewAsync(durable: true, "max_connections=10");
        var database = await server.CreateDatabaseAsync();
        await ExecuteAsync(database, "create table kept (n int)");
        await ExecuteAsync(database, "insert into kept values (42)");

        await server.KillAsync();
        Assert.False(server.IsRunning);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(database, "select 1"));

        await server.StartAsync();
        NpgsqlConnection.ClearAllPools();
        Assert.Equal(42, await ExecuteAsync(database, "select n from kept"));
    }

    [PostgresFact]
    public async Task A_stopped_server_starts_again()
    {
        await using var server = await PostgresServer.StartNewAsync(durable: false);
        Assert.Equal("off", await ExecuteAsync(server.ConnectionString, "show fsync"));

        await server.StopAsync();
        Assert.False(server.IsRunning);
        await server.StartAsync();

        Assert.Equal(1, await ExecuteAsync(server.ConnectionString, "select 1"));
    }

    [PostgresTheory]
    [InlineData("select 1", 1)]
    [InlineData("select 2", 2)]
    public async Task Theories_reach_the_server(string sql, int expected)
    {
        var server = await PostgresServer.Shared;
        Assert.Equal(expected, await ExecuteAsync(server.ConnectionString, sql));
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
