using Drift.Actors;
using Drift.Standalone.Client;

namespace Drift.Standalone.Replay;

/// <summary>Shows a replay while it runs. Called from one thread at a time.</summary>
internal interface IReplayView
{
    /// <summary>The reference is in place.</summary>
    void ReferenceUploaded(ReferenceDescription reference);

    /// <summary>A batch was answered, or the verdict is new.</summary>
    void Advanced(ReplayProgress progress);

    /// <summary>A request will be sent again after a wait.</summary>
    void Retrying(DriftApiException failure, TimeSpan delay);
}
