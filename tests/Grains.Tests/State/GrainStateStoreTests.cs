using Drift.Actors.Ports;
using Drift.Grains.State;
using Drift.Grains.Tests.Contract;
using Drift.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Drift.Grains.Tests.State;

/// <summary>The statements that Orleans' grain storage runs, on a real database.</summary>
public sealed class GrainStateStoreTests : IAsyncLifetime
{
    private OrleansHarness _harness = null!;
    private IActorStateStore _database = null!;
    private IActorStateStore _store = null!;

    public async Task InitializeAsync()
    {
        _harness = await OrleansHarness.StartAsync(1);
        var services = _harness.Cluster.GetSiloServiceProvider();
        _database = services.GetRequiredService<IActorStateStore>();
        _store = new GrainStateStore(services.GetRequiredKeyedService<IGrainStorage>(GrainServices.StorageName), _database);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [PostgresFact]
    public async Task Of_many_first_writes_of_one_actor_exactly_one_succeeds()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _store.SaveAsync("model/default/m", 0, i, new byte[] { (byte)i }, SnapshotCopies.Latest, default)));

        Assert.Equal(1, Assert.Single(versions, v => v is not null));
        var winner = Array.FindIndex(versions, v => v is not null);
        Assert.Equal((1, winner, (byte)winner), Read(await _store.LoadAsync("model/default/m", default)));
    }

    [PostgresFact]
    public async Task Of_two_that_write_on_one_version_the_second_is_told_of_the_conflict_and_writes_nothing()
    {
        await _store.SaveAsync("model/default/m", 0, 1, new byte[] { 1 }, SnapshotCopies.Latest, default);

        Assert.Equal(2, await _store.SaveAsync("model/default/m", 1, 2, new byte[] { 2 }, SnapshotCopies.Latest, default));
        Assert.Null(await _store.SaveAsync("model/default/m", 1, 3, new byte[] { 3 }, SnapshotCopies.Latest, default));

        Assert.Equal((2, 2, (byte)2), Read(await _store.LoadAsync("model/default/m", default)));
    }

    [PostgresFact]
    public async Task What_a_single_process_stored_is_the_clusters_and_back_again()
    {
        await _database.SaveAsync("model/default/m", 0, long.MaxValue - 1, new byte[] { 9 }, SnapshotCopies.Latest, default);

        Assert.Equal((1, long.MaxValue - 1, (byte)9), Read(await _store.LoadAsync("model/default/m", default)));
        Assert.Equal(2, await _store.SaveAsync("model/default/m", 1, 5, new byte[] { 8 }, SnapshotCopies.Latest, default));
        Assert.Equal((2, 5, (byte)8), Read(await _database.LoadAsync("model/default/m", default)));
    }

    [PostgresFact]
    public async Task The_copy_before_the_last_is_kept_unless_both_are_replaced()
    {
        await _store.SaveAsync("model/default/m", 0, 1, new byte[] { 1 }, SnapshotCopies.Both, default);
        Assert.Equal((1, 1, (byte)1), Read(await _store.LoadPreviousAsync("model/default/m", default)));

        await _store.SaveAsync("model/default/m", 1, 2, new byte[] { 2 }, SnapshotCopies.Latest, default);
        Assert.Equal((1, 1, (byte)1), Read(await _store.LoadPreviousAsync("model/default/m", default)));

        await _store.SaveAsync("model/default/m", 2, 3, new byte[] { 3 }, SnapshotCopies.Both, default);
        Assert.Equal((3, 3, (byte)3), Read(await _store.LoadPreviousAsync("model/default/m", default)));
    }

    private static (long Version, long Sequence, byte First) Read(ActorSnapshot? snapshot) => (snapshot!.Version, snapshot.JournalSequence, snapshot.Payload[0]);
}
