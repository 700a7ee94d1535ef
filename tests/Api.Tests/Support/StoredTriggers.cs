using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Support;

/// <summary>Triggers as actors store them.</summary>
internal static class StoredTriggers
{
    public static Task<Trigger?> ReadTriggerAsync(this IServiceProvider storage, string id) => storage.GetRequiredService<ITriggerStore>().FindAsync(id, default);

    public static Task WriteTriggerAsync(this IServiceProvider storage, Trigger trigger) => storage.GetRequiredService<IActorStateStore>()
        .SaveAsync($"test/{trigger.Id}", 0, 0, default, SnapshotCopies.Latest, new SnapshotEffects([], []) { Triggers = [trigger] }, default);
}
