using System.Globalization;
using Drift.Support;
using Npgsql;

namespace Drift.Load;

/// <summary>
/// A cluster under torture: a PostgreSQL of its own, silos as processes, and the round-robin front that clients see. Each silo reaches
/// PostgreSQL over a way that can be cut.
/// </summary>
internal sealed class TortureCluster : IAsyncDisposable
{
    private readonly List<TortureServer> _silos = [];
    private readonly Dictionary<TortureServer, TcpProxy> _ways = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _database;
    private WebApplication? _front;

    private TortureCluster(PostgresServer postgres, string database, IReadOnlyDictionary<string, string> environment)
    {
        Postgres = postgres;
        _database = database;
        _environment = environment;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
    }

    public PostgresServer Postgres { get; }

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
            foreach (var assembly in silos)
                cluster.Add(assembly);
            foreach (var silo in cluster._silos)
                await silo.LaunchAsync();
            foreach (var assembly in later ?? [])
                cluster.Add(assembly);
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

    /// <summary>A silo's way to PostgreSQL.</summary>
    public TcpProxy WayOf(TortureServer silo) => _ways[silo];

    /// <summary>Brings the database up to date for a build.</summary>
    public Task MigrateAsync(string assembly) => TortureServer.MigrateAsync(assembly, _database);

    /// <summary>Starts again what has ended, as a service manager does.</summary>
    public async Task ReviveAsync()
    {
        foreach (var silo in _silos.Where(s => !s.IsRunning))
            await silo.LaunchAsync();
        foreach (var silo in _silos)
            await silo.ReadyAsync();
    }

    /// <summary>The silos by the models of a name that they host, those with the most first.</summary>
    /// <param name="name">The models are <c>NAME-0</c>, <c>NAME-1</c> and so on; each must have been evaluated.</param>
    /// <param name="models">How many there are.</param>
    public async Task<IReadOnlyList<TortureServer>> HostsAsync(string name, int models)
    {
        var hosted = new Dictionary<TortureServer, int>();
        await Eventually.Async(
            async () =>
            {
                foreach (var silo in _silos.Where(s => s.IsRunning))
                {
                    using var client = new HttpClient { BaseAddress = silo.Url, Timeout = TimeSpan.FromSeconds(60) };
                    var text = await client.GetStringAsync("metrics");
                    hosted[silo] = Enumerable.Range(0, models).Count(m => text.Contains($"model=\"{name}-{m}\"", StringComparison.Ordinal));
                }

                return hosted.Values.Sum() >= models;
            },
            TimeSpan.FromSeconds(60),
            "every model has metrics");
        return [.. hosted.OrderByDescending(h => h.Value).Select(h => h.Key)];
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

        foreach (var way in _ways.Values)
            await way.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private static async Task<double> HostedAsync(TortureServer silo)
    {
        const string Name = "drift_actor_activations ";
        using var client = new HttpClient { BaseAddress = silo.Url, Timeout = TimeSpan.FromSeconds(60) };
        var line = (await client.GetStringAsync("metrics")).Split('\n').Single(l => l.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    private void Add(string assembly)
    {
        var way = TcpProxy.Start(Postgres.Port);
        var silo = TortureServer.Silo(
            assembly,
            string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count}"),
            new NpgsqlConnectionStringBuilder(_database) { Port = way.Port }.ConnectionString,
            _environment);
        _silos.Add(silo);
        _ways.Add(silo, way);
    }

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
