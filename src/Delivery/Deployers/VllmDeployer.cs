using System.Text.Json;
using Drift.Actors.Adapters;
using Drift.Delivery.Http;

namespace Drift.Delivery.Deployers;

/// <summary>
/// Loads and unloads adapters by the routes that vLLM has for it (<c>VLLM_ALLOW_RUNTIME_LORA_UPDATING=True</c>), on every replica, and believes
/// only what <c>GET /v1/models</c> lists afterwards: a replica that restarted in between has forgotten what it was told.
/// </summary>
internal sealed class VllmDeployer(IReadOnlyList<Uri> replicas, string? apiKey, TimeSpan timeout, OutboundHttp http, TimeProvider clock) : IDeployer
{
    private const int MaxAnswer = 4 * 1024 * 1024;
    private const int MaxQuote = 300;

    private readonly KeyValuePair<string, string>[] _headers =
        string.IsNullOrEmpty(apiKey) ? [] : [new KeyValuePair<string, string>("Authorization", $"Bearer {apiKey}")];

    public TimeSpan Timeout => timeout;

    public Task<DeliveryResult> LoadAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.ArtifactUri))
            return Task.FromResult(new DeliveryResult(DeliveryOutcome.Refused, "was not asked: the version has no artifact_uri, so nobody knows where its weights are"));
        var path = PathOf(request.ArtifactUri);
        var body = JsonSerializer.SerializeToUtf8Bytes(new LoadLora(request.LoraName, path), DeployerJson.Default.LoadLora);
        return OnAllAsync(replica => LoadAsync(replica, request.LoraName, path, body, cancellationToken));
    }

    public Task<DeliveryResult> UnloadAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new UnloadLora(request.LoraName), DeployerJson.Default.UnloadLora);
        return OnAllAsync(replica => UnloadAsync(replica, request.LoraName, body, cancellationToken));
    }

    public bool KnowsWhatIsLoaded => true;

    public async Task<IReadOnlyCollection<string>> FindMissingAsync(IReadOnlyCollection<string> loraNames, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + timeout;
        var lists = await Task.WhenAll(replicas.Select(r => ListAsync(new Replica(r, until), cancellationToken))).ConfigureAwait(false);
        return [.. loraNames.Where(name => lists.Any(l => l.Models is { } models && models.All(m => m.Id != name)))];
    }

    // vLLM takes paths of its own machine and names of hubs; only the former come as URIs that it does not read.
    private static string PathOf(string artifactUri) =>
        artifactUri.StartsWith("file://", StringComparison.Ordinal) && Uri.TryCreate(artifactUri, UriKind.Absolute, out var uri) ? uri.LocalPath : artifactUri;

    /// <summary>One after the other; the first that does not do it says how this ended.</summary>
    private async Task<DeliveryResult> OnAllAsync(Func<Replica, Task<DeliveryResult>> act)
    {
        var until = clock.GetUtcNow() + timeout;
        for (var i = 0; i < replicas.Count; i++)
        {
            var result = await act(new Replica(replicas[i], until)).ConfigureAwait(false);
            if (result.Outcome != DeliveryOutcome.Delivered)
                return replicas.Count == 1 ? result : result with { Error = $"(replica {i + 1} of {replicas.Count}) {result.Error}" };
        }

        return new DeliveryResult(DeliveryOutcome.Delivered);
    }

    private async Task<DeliveryResult> LoadAsync(Replica replica, string name, string path, byte[] body, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(HttpMethod.Post, replica, "v1/load_lora_adapter", body, cancellationToken).ConfigureAwait(false);
        var message = MessageOf(answer);
        if (answer.Error is not null && !(answer.Status == 400 && message.Contains("already been loaded", StringComparison.Ordinal)))
            return Judge(answer, message);
        var (listed, fault) = await FindAsync(replica, name, cancellationToken).ConfigureAwait(false);
        if (fault is { } failed)
            return failed;
        if (listed is null)
            return new DeliveryResult(DeliveryOutcome.Failed, $"took '{name}' and does not list it under /v1/models: did it restart?");
        return listed.Root is { Length: > 0 } root && root != path
            ? new DeliveryResult(DeliveryOutcome.Refused, $"serves other weights under the name '{name}' already: unload those or give this version another lora_name")
            : new DeliveryResult(DeliveryOutcome.Delivered);
    }

    private async Task<DeliveryResult> UnloadAsync(Replica replica, string name, byte[] body, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(HttpMethod.Post, replica, "v1/unload_lora_adapter", body, cancellationToken).ConfigureAwait(false);
        var message = MessageOf(answer);
        if (answer.Error is not null && !(answer.Status == 404 && message.Contains("cannot be found", StringComparison.Ordinal)))
            return Judge(answer, message);
        var (listed, fault) = await FindAsync(replica, name, cancellationToken).ConfigureAwait(false);
        if (fault is { } failed)
            return failed;
        return listed is null
            ? new DeliveryResult(DeliveryOutcome.Delivered)
            : new DeliveryResult(DeliveryOutcome.Failed, $"still lists '{name}' under /v1/models");
    }

    private async Task<(VllmModel? Listed, DeliveryResult? Fault)> FindAsync(Replica replica, string name, CancellationToken cancellationToken)
    {
        var (models, fault) = await ListAsync(replica, cancellationToken).ConfigureAwait(false);
        return (models?.FirstOrDefault(m => m.Id == name), fault);
    }

    private async Task<(IReadOnlyList<VllmModel>? Models, DeliveryResult? Fault)> ListAsync(Replica replica, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(HttpMethod.Get, replica, "v1/models", [], cancellationToken).ConfigureAwait(false);
        if (answer.Error is not null)
            return (null, Judge(answer, MessageOf(answer)) with { Outcome = DeliveryOutcome.Failed });
        try
        {
            if (JsonSerializer.Deserialize(answer.Body, DeployerJson.Default.VllmModels) is { Data: { } models })
                return (models, null);
        }
        catch (JsonException)
        {
            // As below.
        }

        return (null, new DeliveryResult(DeliveryOutcome.Failed, "answers /v1/models with something that is no list of models"));
    }

    private Task<HttpAnswer> AskAsync(HttpMethod method, Replica replica, string route, byte[] body, CancellationToken cancellationToken)
    {
        var left = replica.Until - clock.GetUtcNow();
        return left > TimeSpan.Zero
            ? http.AskAsync(method, new Uri(replica.Address, route), body, _headers, MaxAnswer, left, cancellationToken)
            : Task.FromResult(new HttpAnswer(null, "", $"did not answer within {timeout}"));
    }

    /// <summary>What an answer that says no means: only what is about the adapter itself is final.</summary>
    private static DeliveryResult Judge(HttpAnswer answer, string message)
    {
        var quote = message.Length == 0 ? "" : $": {(message.Length > MaxQuote ? message[..MaxQuote] : message)}";
        return answer.Status switch
        {
            400 or 422 => new DeliveryResult(DeliveryOutcome.Refused, answer.Error + quote),
            401 or 403 => new DeliveryResult(DeliveryOutcome.Failed, $"{answer.Error}: check the deployer's ApiKey"),
            404 when message.Length == 0 => new DeliveryResult(
                DeliveryOutcome.Failed, $"{answer.Error}, it has no such route: start vLLM with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True"),
            // The weights may still be on their way to it.
            _ => new DeliveryResult(DeliveryOutcome.Failed, answer.Error + quote, answer.RetryAfter),
        };
    }

    private static string MessageOf(HttpAnswer answer)
    {
        if (answer.Error is null || answer.Body.Length == 0)
            return "";
        try
        {
            var error = JsonSerializer.Deserialize(answer.Body, DeployerJson.Default.VllmError);
            return (error?.Error?.Message ?? error?.Message ?? "").TrimEnd('.');
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>A replica, and until when the attempt may go on.</summary>
    private readonly record struct Replica(Uri Address, DateTimeOffset Until);
}
