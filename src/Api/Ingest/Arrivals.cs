using Drift.Actors;

namespace Drift.Api.Ingest;

/// <summary>Which models the latest requests were for: enough to see that one of them crowds the others out. Some ten nanoseconds a request. Thread-safe.</summary>
internal sealed class Arrivals
{
    /// <summary>How many are remembered.</summary>
    public const int Remembered = 1024;

    // Two models that share a hash are taken for one, and then nobody is in anybody's way.
    private readonly int[] _models = new int[Remembered];
    private int _last;

    /// <summary>Notes a request.</summary>
    public void Add(ModelId model) => Volatile.Write(ref _models[(uint)Interlocked.Increment(ref _last) % Remembered], model.GetHashCode());

    /// <summary>Whether most of the latest requests were for this model, and some for others: they are who suffers when it keeps the processors.</summary>
    public bool AreCrowdedBy(ModelId model)
    {
        var ofModel = _models.AsSpan().Count(model.GetHashCode());
        return ofModel is > Remembered / 2 and < Remembered;
    }
}
