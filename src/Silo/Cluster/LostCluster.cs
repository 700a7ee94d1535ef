using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Drift.Silo.Cluster;

/// <summary>
/// Lets a silo join after all members were killed at once and came back under other addresses. A silo that joins waits until it reaches every
/// member; dead ones are voted out by living ones, and there are none. So while this silo waits, it declares members dead itself: only
/// when not one of them has written lately that it lives, and not one takes a connection.
/// </summary>
/// <remarks>Were one of them alive after all, it would find itself dead and end; what it still wanted to write is fenced.</remarks>
internal sealed partial class LostCluster(
    IMembershipTable table,
    ILocalSiloDetails self,
    ISiloStatusOracle silos,
    IOptions<ClusterMembershipOptions> options,
    TimeProvider time,
    ILogger<LostCluster> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();

    // A member that has not written for so long is taken for lost by Orleans as well.
    private TimeSpan Silence => options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LostCluster),
        ServiceLifecycleStage.ValidateInitialConnectivity,
        starting =>
        {
            // Beside the wait, which is a participant of the same stage.
            _ = Task.Run(() => WatchAsync(_stopping.Token), starting);
            return Task.CompletedTask;
        },
        _ => _stopping.CancelAsync());

    private async Task WatchAsync(CancellationToken stopping)
    {
        while (silos.CurrentStatus == SiloStatus.Joining && !stopping.IsCancellationRequested)
        {
            try
            {
                if (await EvictAsync(stopping))
                    return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e, Pause);
            }

            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>True when there is nothing left to do.</summary>
    private async Task<bool> EvictAsync(CancellationToken stopping)
    {
        var members = Members(await table.ReadAllAsync(stopping));
        if (members.Count == 0)
            return true;
        var now = time.GetUtcNow().UtcDateTime;
        if (members.Any(m => now - LastSeen(m) <= Silence) || await AnyAnswersAsync(members, stopping))
            return false;
        foreach (var member in members)
        {
            // Each change raises the table's version. A silo that starts beside this one may have been faster.
            var data = await table.ReadRowAsync(member.SiloAddress, stopping);
            if (data.TryGet(member.SiloAddress) is not { Item1: { Status: SiloStatus.Active } entry, Item2: var etag })
                continue;
            entry.Status = SiloStatus.Dead;
            if (await table.UpdateRowAsync(entry, etag, data.Version.Next(), stopping))
                LogDeclaredDead(entry.SiloName, entry.SiloAddress.Endpoint.ToString(), LastSeen(entry));
        }

        return false;
    }

    private List<MembershipEntry> Members(MembershipTableData data) =>
        [.. data.Members.Select(m => m.Item1).Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(self.SiloAddress))];

    private static DateTime LastSeen(MembershipEntry entry) => entry.IAmAliveTime > entry.StartTime ? entry.IAmAliveTime : entry.StartTime;

    private async Task<bool> AnyAnswersAsync(List<MembershipEntry> members, CancellationToken stopping) =>
        (await Task.WhenAll(members.Select(m => AnswersAsync(m, stopping)))).Contains(true);

    private async Task<bool> AnswersAsync(MembershipEntry member, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(options.Value.ProbeTimeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(member.SiloAddress.Endpoint, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            return false;
        }
    }

    [LoggerMessage(EventId = 11, EventName = "MemberDeclaredDead", Level = LogLevel.Warning, Message = "No member of the cluster is left that could vote. {Silo} at {Endpoint}, last heard of at {LastSeen}, is declared dead so that this silo can join.")]
    private partial void LogDeclaredDead(string silo, string endpoint, DateTime lastSeen);

    [LoggerMessage(EventId = 12, EventName = "MembersNotRead", Level = LogLevel.Warning, Message = "Whether members of the cluster are lost cannot be found out now; this is tried again in {Pause}.")]
    private partial void LogFailed(Exception exception, TimeSpan pause);
}
