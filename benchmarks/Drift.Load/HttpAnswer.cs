namespace Drift.Load;

/// <summary>An answer, valid until the next request on the same connection.</summary>
internal readonly record struct HttpAnswer(int Status, ReadOnlyMemory<byte> Body, int? RetryAfterSeconds)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
