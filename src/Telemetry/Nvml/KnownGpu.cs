using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>What is remembered of a GPU while the driver is started anew: its identity and its critical errors.</summary>
internal sealed class KnownGpu(GpuReading identity)
{
    /// <summary>The last known identity.</summary>
    public GpuReading Identity { get; set; } = identity;

    /// <summary>Its state in the last report.</summary>
    public GpuState State { get; private set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset StateSince { get; private set; } = identity.StateSince ?? DateTimeOffset.MinValue;

    /// <summary>Whether the driver tells of its critical errors.</summary>
    public bool HasEvents { get; set; }

    public long XidErrors { get; private set; }

    public long? LastXid { get; private set; }

    public DateTimeOffset? LastXidAt { get; private set; }

    public void Enter(GpuState state, DateTimeOffset at)
    {
        if (State == state)
            return;
        State = state;
        StateSince = at;
    }

    public void NoteXid(ulong xid, DateTimeOffset at)
    {
        XidErrors++;
        LastXid = (long)xid;
        LastXidAt = at;
    }

    /// <summary>A report's line for a GPU that cannot be read.</summary>
    public GpuReading Unread(GpuState state, DateTimeOffset at)
    {
        Enter(state, at);
        return Identity.Without(state, StateSince) with
        {
            XidErrors = HasEvents ? XidErrors : null,
            LastXid = LastXid,
            LastXidAt = LastXidAt,
        };
    }
}
