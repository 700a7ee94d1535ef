namespace Drift.Core.Triggers;

/// <summary>Where a trigger stands; <see cref="TriggerLifecycle"/> says what follows what.</summary>
public enum TriggerStatus
{
    /// <summary>It waits for a person to approve it.</summary>
    Pending = 0,

    /// <summary>It is to be sent to its destinations; without any, it waits for a trainer that asks.</summary>
    Approved = 1,

    /// <summary>A destination took the message.</summary>
    Sent = 2,

    /// <summary>The trainer has a job for it.</summary>
    Accepted = 3,

    /// <summary>The job runs.</summary>
    Running = 4,

    /// <summary>The job ended well.</summary>
    Succeeded = 5,

    /// <summary>The job ended badly.</summary>
    Failed = 6,

    /// <summary>A person, or the end of its model, called it off; also what a dry run ends as.</summary>
    Cancelled = 7,

    /// <summary>Nobody reported in time.</summary>
    Expired = 8,
}
