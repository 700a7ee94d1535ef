namespace Drift.Load;

/// <summary>One server under one scenario in one round.</summary>
/// <param name="Result">What the load found.</param>
/// <param name="RowsInAll">Rows acknowledged while <paramref name="Cpu"/> was used: with warm-up.</param>
/// <param name="Cpu">The server's CPU time, from the load's first request until it had settled.</param>
/// <param name="DatabaseCpu">That of its PostgreSQL.</param>
internal sealed record Measurement(LoadResult Result, long RowsInAll, TimeSpan Cpu, TimeSpan DatabaseCpu)
{
    public double RowsPerCpuSecond => RowsInAll / Cpu.TotalSeconds;
}
