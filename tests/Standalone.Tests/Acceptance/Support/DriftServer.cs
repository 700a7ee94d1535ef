using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Drift.Standalone.Hosting;
using Drift.Storage;
using Drift.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>The real host: Kestrel on a free loopback port, the local engine, SQLite in a folder of its own.</summary>
internal sealed class DriftServer : IAsyncDisposable
{
    // Everything that is stored of models but the snapshot's time; a refused request changes none of it.
    private static readonly string[] Counts =
    [
        "select count(*) || '/' || coalesce(max(seq), 0) || '/' || coalesce(sum(length(payload)), 0) from drift_journal",
        "select count(*) || '/' || coalesce(sum(version), 0) || '/' || coalesce(sum(journal_seq), 0) from actor_state",
        "select count(*) from models",
        "select count(*) from predictions",
        "select count(*) from labels",
        "select count(*) from drift_metrics",
    ];

    private readonly TempDirectory _folder = new("drift-e2e-");
    private readonly Dictionary<string, string?> _settings;
    private WebApplication? _app;

    private DriftServer(FakeClock? clock, Dictionary<string, string?> settings)
    {
        Clock = clock;
        _settings = settings;
    }

    /// <summary>The host's clock; null for the system's.</summary>
    public FakeClock? Clock { get; }

    public ErrorLog Errors { get; } = new();

    public HttpClient Http { get; private set; } = new();

    public Uri Address => Http.BaseAddress!;

    public string Database => _folder["drift.db"];

    public static async Task<DriftServer> StartAsync(FakeClock? clock = null, Dictionary<string, string?>? settings = null)
    {
        var server = new DriftServer(clock, settings ?? []);
        await server.StartHostAsync();
        return server;
    }

    /// <summary>Ends the host and starts a new one on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopHostAsync();
        await StartHostAsync();
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, HttpContent? body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, HttpContent? body) => SendAsync(HttpMethod.Put, path, body);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body = null, string? idempotencyKey = null)
    {
        // The text as it is: Uri would tidy up names that are meant to be bad.
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body };
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        // So that a server that refuses by the declared length alone is not sent the body.
        request.Headers.ExpectContinue = body?.Headers.ContentLength > 8 * 1024 * 1024;
        return await Answer.OfAsync(await Http.SendAsync(request));
    }

    /// <summary>Rows of a model that count.</summary>
    public async Task<long> RowsAsync(string model) => (await GetAsync($"/v1/models/{model}")).Expect(200)["rows"].GetInt64();

    /// <summary>All that can be seen of a model, from outside and in the database, without the times of evaluation.</summary>
    public async Task<string> SnapshotAsync(string model)
    {
        var text = new StringBuilder();
        // First: it evaluates when something is new, which is written down.
        foreach (var path in (string[])["drift?window=1h", "drift?window=7d", "", "reference", "performance", "quality", "segments"])
        {
            var answer = await GetAsync($"/v1/models/{model}/{path}".TrimEnd('/'));
            var json = JsonNode.Parse(answer.Text);
            Forget(json);
            text.AppendLine(CultureInfo.InvariantCulture, $"{path} {answer.Status} {json?.ToJsonString()}");
        }

        foreach (var entry in (await GetAsync("/v1/models")).Expect(200)["models"].EnumerateArray())
            text.AppendLine(CultureInfo.InvariantCulture, $"{entry.GetProperty("name")} {entry.GetProperty("status")} {entry.GetProperty("rows")}");
        foreach (var sql in Counts)
            text.AppendLine(CultureInfo.InvariantCulture, $"{sql}: {await ScalarAsync(sql)}");
        return text.ToString();
    }

    /// <summary>Looks into the database from outside.</summary>
    public async Task<string> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture)!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        _folder.Dispose();
    }

    private static void Forget(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var name in (string[])["evaluated_at", "reported_at", "traceId"])
                    members.Remove(name);
                foreach (var (_, value) in members)
                    Forget(value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Forget(item);
                break;
        }
    }

    private async Task StartHostAsync()
    {
        _app = DriftHost.Build(new HostOptions(_folder.Path, "http://127.0.0.1:0", false), builder =>
        {
            builder.Configuration.AddInMemoryCollection(_settings);
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(Errors);
            if (Clock is not null)
                builder.Services.AddSingleton<TimeProvider>(Clock);
        });
        await _app.Services.GetRequiredService<IMigrator>().MigrateAsync(CancellationToken.None);
        await _app.StartAsync();
        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()), Timeout = TimeSpan.FromSeconds(100) };
    }

    private async Task StopHostAsync()
    {
        Http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
