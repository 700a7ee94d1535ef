using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Local;
using Drift.Actors.Ports;
using Drift.Storage;
using Drift.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Support;

/// <summary>The API over a fake engine, in memory or on a real loopback port.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string AdminKey = "admin-key-0123456789";
    public const string IngestKey = "ingest-key-0123456789";
    public const string ReadKey = "read-key-0123456789";

    private readonly WebApplication _app;
    private readonly TempDirectory _folder;
    private readonly Lazy<ServiceProvider> _storage;

    private ApiHost(WebApplication app, FakeEngine engine, FakeClock clock, HttpClient client, TempDirectory folder, Lazy<ServiceProvider> storage)
    {
        _app = app;
        _folder = folder;
        _storage = storage;
        Engine = engine;
        Clock = clock;
        Client = client;
    }

    public FakeEngine Engine { get; }

    public FakeClock Clock { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Batches that wait for a model while others of it are on their way.</summary>
    public int Waiting(ModelId model) => Services.GetRequiredService<Drift.Api.Ingest.BatchSender>().Waiting(model);

    /// <summary>Keys of tenant acme: one per scope.</summary>
    public static Dictionary<string, string?> Keys { get; } = new()
    {
        ["Drift:ApiKeys:0:Key"] = AdminKey,
        ["Drift:ApiKeys:0:Tenant"] = "acme",
        ["Drift:ApiKeys:0:Scopes:0"] = "admin",
        ["Drift:ApiKeys:1:Key"] = IngestKey,
        ["Drift:ApiKeys:1:Tenant"] = "acme",
        ["Drift:ApiKeys:1:Scopes:0"] = "ingest",
        ["Drift:ApiKeys:2:KeySha256"] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(ReadKey))),
        ["Drift:ApiKeys:2:Tenant"] = "acme",
        ["Drift:ApiKeys:2:Scopes:0"] = "read",
    };

    public static async Task<ApiHost> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, bool kestrel = false, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Services.AddRoutingCore();
        if (kestrel)
            builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseTestServer();
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        var folder = new TempDirectory();
        var storage = new Lazy<ServiceProvider>(() => OpenStorage(folder["drift.db"], clock));
        var real = new Lazy<LocalEngine>(() => RealActors.Start(storage.Value, new OneTrainer(), clock));
        var engine = new FakeEngine { Real = () => real.Value };
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IDriftEngine>(engine);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(_ => storage.Value.GetRequiredService<IAlertStore>());
        builder.Services.AddSingleton(_ => storage.Value.GetRequiredService<IOutbox>());
        builder.Services.AddSingleton(_ => storage.Value.GetRequiredService<ITriggerStore>());
        builder.Services.AddSingleton(_ => storage.Value.GetRequiredService<ITrainingStore>());
        builder.Services.AddSingleton<ITriggerRouter, OneTrainer>();
        services?.Invoke(builder.Services);
        builder.Services.AddDriftApi();
        var app = builder.Build();
        app.MapDrift();
        map?.Invoke(app);
        await app.StartAsync();
        var client = kestrel
            ? new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) }
            : app.GetTestClient();
        return new ApiHost(app, engine, clock, client, folder, storage);
    }

    /// <summary>A real database, opened for the tests that need it.</summary>
    public IServiceProvider Storage => _storage.Value;

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        if (_storage.IsValueCreated)
            await _storage.Value.DisposeAsync();
        _folder.Dispose();
    }

    private static ServiceProvider OpenStorage(string path, TimeProvider clock)
    {
        var storage = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(clock)
            .AddDriftSqlite(path)
            .BuildServiceProvider();
        storage.GetRequiredService<IMigrator>().MigrateAsync().GetAwaiter().GetResult();
        return storage;
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Reply> PostAsync(string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : Encoding.UTF8.GetBytes(body), [("Content-Type", type), .. headers]);

    public Task<Reply> PutAsync(string path, string body, string type = "application/json") =>
        SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(body), ("Content-Type", type));

    public async Task<Reply> SendAsync(HttpMethod method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            else if (name == "Host")
                request.Headers.Host = value;
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        return new Reply(response.StatusCode, response.Content.Headers.ContentType, response.Headers, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>An answer that was read.</summary>
internal sealed record Reply(HttpStatusCode Status, MediaTypeHeaderValue? Type, HttpResponseHeaders Headers, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>Asserts that it is a problem of this kind and gives it.</summary>
    public JsonElement Problem(int status, string slug)
    {
        Assert.True((int)Status == status, $"Expected {status}, got {(int)Status}: {Text}");
        Assert.Equal("application/problem+json", Type?.MediaType);
        var problem = Json;
        Assert.Equal($"urn:drift:error:{slug}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("detail").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
        return problem;
    }

    /// <summary>Asserts that it is 200 and gives its body.</summary>
    public JsonElement Ok()
    {
        Assert.True(Status == HttpStatusCode.OK, $"Expected 200, got {(int)Status}: {Text}");
        return Json;
    }
}
