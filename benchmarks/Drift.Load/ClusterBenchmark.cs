using Drift.Support;

namespace Drift.Load;

/// <summary>
/// One process against clusters of 1, 2 and 3 silos, all on one PostgreSQL server, in interleaved rounds. A cluster grows with its load, so each
/// silo gets as many connections and brings as many models as the one process; the models live anywhere among the silos.
/// </summary>
internal static class ClusterBenchmark
{
    private const int Connections = 12;
    private const int Models = 6;

    // After a minute of load, three silos on two processors still gave a twelfth of their time to the compiler (perf).
    private static readonly TimeSpan WarmingLoad = TimeSpan.FromSeconds(15);

    // What a server does after its last answer is part of what the rows cost.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    public static async Task<ClusterReport> RunAsync(string silo, int rounds, TimeSpan duration, CancellationToken cancellationToken)
    {
        var machine = Machine.Describe();
        await using var postgres = await PostgresServer.StartNewAsync(durable: true, "max_connections=400");
        var topologies = new List<(string Name, IReadOnlyList<MeasuredServer> Servers)>();
        try
        {
            topologies.Add((ClusterReport.OneProcess, [await MeasuredServer.StartPostgresAsync(ClusterReport.OneProcess, postgres)]));
            for (var silos = 1; silos <= 3; silos++)
            {
                var name = silos == 1 ? "1 silo" : $"{silos} silos";
                topologies.Add((name, await MeasuredServer.StartSilosAsync(silo, name, silos, postgres)));
            }

            foreach (var (name, servers) in topologies)
                await WarmUp.RunAsync(name, WarmingLoad, async length => RowsPerCpuSecond(await MeasureAsync(servers, length, cancellationToken)));

            var measurements = topologies.ToDictionary(t => t.Name, _ => new List<Measurement>());
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < topologies.Count; i++)
                {
                    var (name, servers) = topologies[(round + i) % topologies.Count];
                    var parts = await MeasureAsync(servers, duration, cancellationToken);
                    measurements[name].AddRange(parts);
                    await Console.Error.WriteLineAsync(
                        $"Round {round + 1}, {name}: {parts.Sum(p => p.Result.RowsPerSecond):N0} rows/s, {RowsPerCpuSecond(parts):N0} rows per CPU-second"
                        + (parts.All(p => p.Result.Exact) ? "" : ", THE COUNTS ARE WRONG"));
                }
            }

            return new ClusterReport(machine, Machine.LoadAverage(), rounds, duration, [.. topologies.Select(t => (t.Name, t.Servers.Count, (IReadOnlyList<Measurement>)measurements[t.Name]))]);
        }
        finally
        {
            foreach (var server in topologies.SelectMany(t => t.Servers))
                await server.DisposeAsync();
        }
    }

    private static double RowsPerCpuSecond(IReadOnlyList<Measurement> parts) => parts.Sum(p => p.RowsInAll) / parts[0].Cpu.TotalSeconds;

    /// <summary>One measurement per server; each carries the CPU time of all of them, because a batch costs on the silo that takes it and on the one of its model.</summary>
    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        IReadOnlyList<MeasuredServer> servers, TimeSpan duration, CancellationToken cancellationToken)
    {
        var before = servers.Sum(s => s.Cpu.TotalSeconds);
        var results = await Task.WhenAll(servers.Select((server, i) => LoadGenerator.RunAsync(
            new LoadOptions
            {
                Url = server.Url,
                ModelName = $"m{i}",
                Models = Models,
                Connections = Connections,
                WarmUp = TimeSpan.FromSeconds(1),
                Duration = duration,
            },
            cancellationToken)));
        await Task.Delay(Settle, cancellationToken);
        var cpu = TimeSpan.FromSeconds(servers.Sum(s => s.Cpu.TotalSeconds) - before);
        return [.. results.Select(result => new Measurement(result, result.RowsAcknowledged, cpu, TimeSpan.Zero))];
    }
}
