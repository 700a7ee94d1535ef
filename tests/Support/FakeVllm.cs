using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Support;

/// <summary>
/// A stand-in for a vLLM server on a loopback port: its routes for LoRA adapters answer as vLLM's do, statuses and messages included, and its
/// metrics say which adapters have requests. It can be slow, refuse, restart and forget what it was told, or be away.
/// </summary>
public sealed class FakeVllm : IAsyncDisposable
{
    /// <summary>The base model that it serves.</summary>
    public const string BaseModel = "meta-llama/Llama-3-8B";

    private readonly ConcurrentDictionary<string, string> _adapters = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly List<string> _infos = [];
    private HttpListener? _listener;
    private Task _serving = Task.CompletedTask;

    private FakeVllm(Uri address) => Address = address;

    /// <summary>Where it listens; the same for its whole life.</summary>
    public Uri Address { get; }

    /// <summary>The key that requests must carry; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether it was started with VLLM_ALLOW_RUNTIME_LORA_UPDATING: without, the routes do not exist.</summary>
    public bool AllowsUpdating { get; set; } = true;

    /// <summary>Whether errors have the form of releases before 0.10: at the top, not under <c>error</c>.</summary>
    public bool OldErrors { get; set; }

    /// <summary>The paths at which weights are; null for all.</summary>
    public IReadOnlySet<string>? Weights { get; set; }

    /// <summary>The highest rank that it was started with; a path that ends in <c>-rN</c> has the rank N.</summary>
    public int MaxRank { get; set; } = 64;

    /// <summary>Waited for before a request to load or unload is answered; what is asked is done before.</summary>
    public Func<Task> Slowness { get; set; } = () => Task.CompletedTask;

    /// <summary>A status to answer requests to load and unload with instead of doing what they ask; null for none.</summary>
    public int? Failure { get; set; }

    /// <summary>Whether it restarts after the next request to load, before it is asked what it has.</summary>
    public bool RestartsAfterLoad { get; set; }

    /// <summary>The page of metrics; null: what vLLM writes.</summary>
    public string? Metrics { get; set; }

    /// <summary>The loaded adapters with their paths.</summary>
    public IReadOnlyDictionary<string, string> Adapters => _adapters;

    /// <summary>All requests so far as method, path and body.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Starts one.</summary>
    public static FakeVllm Start()
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new FakeVllm(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}/")));
            try
            {
                server.Return();
                return server;
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Somebody else took the port meanwhile.
            }
        }
    }

    /// <summary>Forgets the adapters that were loaded at run time, as a restart does.</summary>
    public void Restart()
    {
        _adapters.Clear();
        lock (_infos)
            _infos.Clear();
    }

    /// <summary>Says from now on that these adapters have requests that run and that wait.</summary>
    public void Work(DateTimeOffset at, string running, string waiting)
    {
        lock (_infos)
        {
            var labels = $"vllm:lora_requests_info{{max_lora=\"4\",running_lora_adapters=\"{running}\",waiting_lora_adapters=\"{waiting}\"}} ";
            // Each combination of labels is one series that stays with the time at which it was true last.
            _infos.RemoveAll(i => i.StartsWith(labels, StringComparison.Ordinal));
            _infos.Insert(_infos.Count / 2, labels + (at.ToUnixTimeMilliseconds() / 1000.0).ToString("0.0######e+00", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Stops listening: connections are refused.</summary>
    public async Task LeaveAsync()
    {
        _listener?.Close();
        _listener = null;
        await _serving;
    }

    /// <summary>Listens (again).</summary>
    public void Return()
    {
        var listener = new HttpListener();
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _listener = listener;
        _serving = ServeAsync(listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LeaveAsync();

    private async Task ServeAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var route = $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}";
            _requests.Enqueue(body.Length == 0 ? route : $"{route} {body}");
            var (status, answer) = await AnswerAsync(route, body, context.Request.Headers["Authorization"]);
            var bytes = Encoding.UTF8.GetBytes(answer);
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The caller, or this server, went away meanwhile.
        }
    }

    private async Task<(int Status, string Answer)> AnswerAsync(string route, string body, string? authorization)
    {
        if (route == "GET /metrics")
            return (200, Metrics ?? Page());
        if (ApiKey is not null && authorization != $"Bearer {ApiKey}")
            return (401, """{"error": "Unauthorized"}""");
        if (route == "GET /v1/models")
            return (200, Models());
        if (!AllowsUpdating || route is not ("POST /v1/load_lora_adapter" or "POST /v1/unload_lora_adapter"))
            return (404, """{"detail": "Not Found"}""");
        if (Failure is { } failure)
            return (failure, "the server is overloaded");
        var request = JsonNode.Parse(body)!;
        var answer = route == "POST /v1/load_lora_adapter" ? Load(request) : Unload(request);
        await Slowness();
        return answer;
    }

    private (int Status, string Answer) Load(JsonNode request)
    {
        if ((string?)request["lora_name"] is not { Length: > 0 } name || (string?)request["lora_path"] is not { Length: > 0 } path)
            return Error(400, "InvalidUserInput", "Both 'lora_name' and 'lora_path' must be provided.");
        if (_adapters.ContainsKey(name))
            return Error(400, "InvalidUserInput", $"The lora adapter '{name}' has already been loaded.");
        if (Weights?.Contains(path) == false)
            return Error(404, "NotFoundError", $"Loading lora {name} failed: No adapter found for {path}");
        if (path.LastIndexOf("-r", StringComparison.Ordinal) is var at and > 0 && int.TryParse(path[(at + 2)..], out var rank) && rank > MaxRank)
            return Error(400, "BadRequestError", $"LoRA rank {rank} is greater than max_lora_rank {MaxRank}.");
        _adapters[name] = path;
        if (RestartsAfterLoad)
        {
            RestartsAfterLoad = false;
            Restart();
        }

        return (200, $"Success: LoRA adapter '{name}' added successfully.");
    }

    private (int Status, string Answer) Unload(JsonNode request)
    {
        if ((string?)request["lora_name"] is not { Length: > 0 } name)
            return Error(400, "InvalidUserInput", "'lora_name' needs to be provided to unload a LoRA adapter.");
        return _adapters.TryRemove(name, out _)
            ? (200, $"Success: LoRA adapter '{name}' removed successfully.")
            : Error(404, "NotFoundError", $"The lora adapter '{name}' cannot be found.");
    }

    private (int Status, string Answer) Error(int status, string type, string message)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = status };
        if (OldErrors)
            error["object"] = "error";
        return (status, (OldErrors ? error : new JsonObject { ["error"] = error }).ToJsonString());
    }

    private string Models()
    {
        var models = new JsonArray(new JsonObject { ["id"] = BaseModel, ["object"] = "model", ["root"] = BaseModel, ["parent"] = null });
        foreach (var (name, path) in _adapters)
            models.Add(new JsonObject { ["id"] = name, ["object"] = "model", ["root"] = path, ["parent"] = BaseModel });
        return new JsonObject { ["object"] = "list", ["data"] = models }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private string Page()
    {
        lock (_infos)
        {
            return string.Join('\n', [
                "# HELP vllm:num_requests_running Number of requests in model execution batches.",
                "# TYPE vllm:num_requests_running gauge",
                $"vllm:num_requests_running{{engine=\"0\",model_name=\"{BaseModel}\"}} 1.0",
                "# HELP vllm:lora_requests_info Running stats on lora requests.",
                "# TYPE vllm:lora_requests_info gauge",
                .. _infos,
                "",
            ]);
        }
    }
}
