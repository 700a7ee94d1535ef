using System.Globalization;
using Drift.Support;
using Npgsql;

namespace Drift.Load;

/// <summary>
/// A cluster under torture: a PostgreSQL of its own, silos as processes, and the round-robin front that clients see. The last silo reaches
/// PostgreSQL over a way that can be cut.
/// </summary>
internal sealed class TortureCluster : IAsyncDisposable
{
    private readonly List<TortureServer> _silos = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _database;
    private WebApplication? _front;

    private TortureCluster(PostgresServer postgres, string database, IReadOnlyDictionary<string, string> environment)
    {
        Postgres = postgres;
        Way = TcpProxy.Start(postgres.Port);
        _database = database;
        _environment = environment;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
    }

    public PostgresServer Postgres { get; }

    /// <summary>The last silo's way to PostgreSQL.</summary>
    public TcpProxy Way { get; }

    /// <summary>The front.</summary>
    public Uri Url { get; }

    public IReadOnlyList<TortureServer> Silos => _silos;

    /// <summary>Makes a database and starts silos on it.</summary>
    /// <param name="silos">The built silo of each, in their order; the first one's migrates.</param>
    /// <param name="environment">Options of the silos as environment variables.</param>
    /// <param name="later">Built silos that are started later, see <see cref="Silos"/>; the front knows their addresses.</param>
    public static async Task<TortureCluster> StartAsync(IReadOnlyList<string> silos, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string>? later = null)
    {
        var postgres = await PostgresServer.StartNewAsync(durable: true, "max_connections=300");
        TortureCluster? cluster = null;
        try
        {
            var database = await postgres.CreateDatabaseAsync();
            cluster = new TortureCluster(postgres, database, environment);
            await TortureServer.MigrateAsync(silos[0], database);
            for (var i = 0; i < silos.Count; i++)
                cluster.Add(silos[i], i == silos.Count - 1 && silos.Count > 1 ? cluster.Way.Port : postgres.Port);
            foreach (var silo in cluster._silos)
                await silo.LaunchAsync();
            foreach (var assembly in later ?? [])
                cluster.Add(assembly, postgres.Port);
            foreach (var silo in cluster._silos.Take(silos.Count))
                await silo.ReadyAsync();
            await cluster.StartFrontAsync();
            return cluster;
        }
        catch
        {
            if (cluster is not null)
                await cluster.DisposeAsync();
            else
                await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts again what has ended, as a service manager does.</summary>
    public async Task ReviveAsync()
    {
        foreach (var silo in _silos.Where(s => !s.IsRunning))
            await silo.LaunchAsync();
        foreach (var silo in _silos)
            await silo.ReadyAsync();
    }

    /// <summary>Whether the others have declared a silo dead, its latest process.</summary>
    public async Task<bool> IsDeclaredDeadAsync(TortureServer silo) => await ScalarAsync<int>(
        "select status from orleans_membership where silo_name = $1 order by start_time desc limit 1", silo.Name) == 6;

    /// <summary>The models that each silo hosts, by its <c>/metrics</c>.</summary>
    public async Task<double[]> HostedAsync() => await Task.WhenAll(_silos.Select(HostedAsync));

    /// <summary>How often a silo found that another activation had written first.</summary>
    public int Fenced => _silos.Sum(s => s.Log.Split("another activation wrote sequence").Length - 1);

    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
            await _front.DisposeAsync();
        foreach (var silo in _silos)
        {
            await silo.SignalAsync("CONT");
            await silo.DisposeAsync();
        }

        await Way.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private static async Task<double> HostedAsync(TortureServer silo)
    {
        const string Name = "drift_actor_activations ";
        using var client = new HttpClient { BaseAddress = silo.Url, Timeout = TimeSpan.FromSeconds(60) };
        var line = (await client.GetStringAsync("metrics")).Split('\n').Single(l => l.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    private void Add(string assembly, int postgresPort) => _silos.Add(TortureServer.Silo(
        assembly,
        string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count}"),
        new NpgsqlConnectionStringBuilder(_database) { Port = postgresPort }.ConnectionString,
        _environment));

    private async Task StartFrontAsync()
    {
        _front = FrontServer.Build(Url.OriginalString, [.. _silos.Select(s => s.Url.OriginalString)]);
        await _front.StartAsync();
        // What is not started is found out first: a request to it is an error that no silo made.
        using var client = new HttpClient { BaseAddress = Url };
        var row = 0;
        await Eventually.Async(
            async () =>
            {
                using var answer = await client.GetAsync("health/ready");
                return (row = answer.IsSuccessStatusCode ? row + 1 : 0) > 3 * _silos.Count;
            },
            TimeSpan.FromSeconds(30),
            "the front knows which silos are ready");
    }

    private async Task<T?> ScalarAsync<T>(string sql, string parameter)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }
}
