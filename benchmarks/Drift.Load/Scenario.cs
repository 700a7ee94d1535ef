namespace Drift.Load;

/// <summary>One kind of load that every server gets in every round.</summary>
/// <param name="Title">What it is, for a heading.</param>
/// <param name="Model">The name of its model on ours.</param>
/// <param name="Connections">Requests in flight.</param>
/// <param name="BatchRows">Rows per request.</param>
/// <param name="Digits">Decimals of its numbers.</param>
internal sealed record Scenario(string Title, string Model, int Connections, int BatchRows, int Digits)
{
    /// <summary>What the targets are stated for, with short numbers and with long ones.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("1 000 rows × 10 doubles, 6 decimals, 16 connections", "batch-6", 16, 1000, 6),
        new("1 000 rows × 10 doubles, 15 to 17 digits, 16 connections", "batch-17", 16, 1000, 17),
        new("1 row × 10 doubles, 6 decimals, 256 connections", "single", 256, 1, 6),
    ];

    public LoadOptions Load(MeasuredServer server, TimeSpan warmUp, TimeSpan duration) => new()
    {
        Url = server.Url,
        Verify = server.IsMonitor,
        ModelName = Model,
        Connections = Connections,
        BatchRows = BatchRows,
        Digits = Digits,
        WarmUp = warmUp,
        Duration = duration,
    };
}
