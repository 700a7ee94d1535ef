namespace Drift.Api.Errors;

/// <summary>The event ids of this layer: 3000 to 3999.</summary>
internal static class DriftEventId
{
    public const int Unavailable = 3000;
    public const int TimedOut = 3001;
    public const int Unexpected = 3002;
    public const int EventStreamEnded = 3010;
    public const int ModelNotEvaluated = 3020;
}
