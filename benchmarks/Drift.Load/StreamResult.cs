namespace Drift.Load;

/// <summary>What one upload took.</summary>
internal sealed record StreamResult
{
    public required RowFormat Format { get; init; }

    public required long Bytes { get; init; }

    public required long Rows { get; init; }

    public required int Chunks { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>The server's CPU time.</summary>
    public required TimeSpan Cpu { get; init; }

    /// <summary>The most memory that the server had resident before.</summary>
    public required long PeakBefore { get; init; }

    /// <summary>The most that it had resident at the end.</summary>
    public required long PeakAfter { get; init; }

    public override string ToString() =>
        $"| {Format} | {Bytes / 1e9:F2} GB | {Rows:N0} | {Chunks:N0} | {Elapsed.TotalSeconds:F1} s | {Rows / Elapsed.TotalSeconds:N0} | {Bytes / 1e6 / Elapsed.TotalSeconds:N0} "
        + $"| {Cpu.TotalSeconds:F1} s | {PeakBefore / 1048576.0:F0} MiB | {PeakAfter / 1048576.0:F0} MiB |";
}
