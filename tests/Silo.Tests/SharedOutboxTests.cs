using System.Globalization;
using Drift.Silo.Tests.Support;
using Drift.Support;
using Npgsql;

namespace Drift.Silo.Tests;

/// <summary>Silos share one outbox: each message is sent by one of them, and what a killed one had claimed by another.</summary>
[Collection(nameof(SiloProcess))]
public sealed class SharedOutboxTests
{
    private const int Messages = 40;
    private const int AtATime = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task Each_message_is_claimed_by_one_silo_and_none_is_lost_when_a_silo_is_killed_that_holds_some()
    {
        await using var receiver = HttpReceiver.Start();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async _ =>
        {
            await open.Task;
            return 200;
        };
        await using var cluster = await SiloCluster.StartAsync(3, new()
        {
            ["Drift__Alerts__Webhooks__0__Name"] = "hook",
            ["Drift__Alerts__Webhooks__0__Url"] = receiver.Address.ToString(),
            ["Drift__Alerts__Webhooks__0__Secret"] = "0123456789abcdef0123456789abcdef",
            ["Drift__Delivery__AllowLoopback"] = "true",
            ["Drift__Delivery__PollInterval"] = "00:00:00.1",
            ["Drift__Delivery__MaxConcurrent"] = AtATime.ToString(CultureInfo.InvariantCulture),
            // A claim holds for twice as long: what the killed silo held is due again then.
            ["Drift__Delivery__Timeout"] = "00:00:08",
        });
        await AddAsync(cluster.Database);

        await Eventually.Async(() => receiver.Requests.Count >= 3 * AtATime, Patience, "every silo holds as many messages as it may");
        var held = Ids(receiver).ToList();
        Assert.Equal(3 * AtATime, held.Count);
        Assert.Equal(held.Count, held.Distinct().Count());
        await cluster.Silos[0].KillAsync();
        open.SetResult();
        await Eventually.Async(async () => await DeliveredAsync(cluster.Database) == Messages, Patience, "every message is delivered");

        var received = Ids(receiver).GroupBy(id => id).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(Messages, received.Count);
        var twice = received.Where(r => r.Value > 1).ToList();
        // At least once: what the killed silo held was on its way, and nobody knows whether it arrived.
        Assert.All(twice, r => Assert.Equal(2, r.Value));
        Assert.Equal(AtATime, twice.Count);
        Assert.All(twice, r => Assert.Contains(r.Key, held));
    }

    private static IEnumerable<string> Ids(HttpReceiver receiver) => receiver.Requests.Select(r => r.Headers["webhook-id"]);

    // All at once, as an actor adds what it has to say in one transaction.
    private static async Task AddAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("""
            insert into outbox (id, tenant, kind, destination, payload, headers, created_at, queued_at, state, attempts, next_attempt_at)
            select 'm' || n, 'default', 'alert', 'hook', '{}', '{}', now(), now(), 'pending', 0, now() from generate_series(1, $1) as n
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Messages });
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> DeliveredAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select count(*) from outbox where state = 'delivered'");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
