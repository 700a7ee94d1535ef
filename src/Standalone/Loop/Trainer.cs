using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Drift.Delivery.Http;
using Drift.Standalone.Client;

namespace Drift.Standalone.Loop;

/// <summary>
/// A small trainer: takes signed requests to fine-tune, trains an adapter on tickets of today, reports losses as they come, and registers what it
/// made. A request that is delivered again is answered as the first time and done once. Thread-safe.
/// </summary>
/// <param name="client">The server that sends the requests.</param>
/// <param name="key">What requests and call-backs are signed with.</param>
/// <param name="options">How it trains.</param>
/// <param name="time">The clock.</param>
/// <param name="say">Takes a sentence per step.</param>
internal sealed class Trainer(DriftClient client, byte[] key, TrainerOptions options, TimeProvider time, Action<string> say)
{
    private const double Rate = 0.02;

    private static readonly TimeSpan OldestRequest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _jobs = new(StringComparer.Ordinal);
    private int _begun;

    /// <summary>Takes a request.</summary>
    /// <returns>The status to answer with, and the body.</returns>
    public (int Status, JsonObject Answer) Take(string? id, string? timestamp, string? signature, ReadOnlyMemory<byte> body, CancellationToken stopping)
    {
        if (id is null || signature is null || !long.TryParse(timestamp, CultureInfo.InvariantCulture, out var seconds) || !WebhookSignature.Holds(key, id, seconds, body.Span, signature))
            return (401, new JsonObject { ["error"] = "The signature does not hold." });
        if ((time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > OldestRequest)
            return (401, new JsonObject { ["error"] = "The request is too old, or the clocks differ." });
        var message = JsonNode.Parse(body.Span)!;
        if ((string?)message["type"] != "finetuning.requested")
            return (200, []);
        var trigger = (string)message["data"]!["id"]!;
        var job = JobOf(trigger);
        var model = (string)message["data"]!["model"]!;
        _ = _jobs.GetOrAdd(trigger, _ => new Lazy<Task>(() => Task.Run(() => RunAsync(trigger, model, job, Interlocked.Increment(ref _begun), stopping), stopping))).Value;
        return (200, new JsonObject { ["job_id"] = job });
    }

    /// <summary>The same request has the same job, also after the trainer was started again.</summary>
    private static string JobOf(string trigger) => $"job-{StableName(trigger)}";

    private static string StableName(string trigger) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(trigger)))[..12];

    private async Task RunAsync(string trigger, string model, string job, int number, CancellationToken stopping)
    {
        try
        {
            await TrainAsync(trigger, model, job, number, stopping);
        }
        catch (DriftApiException e)
        {
            say($"{job} cannot report: {e.Message}");
        }
    }

    private async Task TrainAsync(string trigger, string model, string job, int number, CancellationToken stopping)
    {
        // The mistake that this demo rolls back: somebody's job reads last month's labels.
        var spoiled = options.SpoilAfter is { } after && number > after;
        var world = spoiled ? TicketWorld.Before : TicketWorld.After;
        say($"{job} for {trigger}: trains on {options.Samples} tickets{(spoiled ? " of last month, by mistake" : "")}");
        await ReportAsync(trigger, "running", job, null, stopping);
        await client.AskAsync(
            HttpMethod.Post,
            "v1/training/runs",
            new JsonObject { ["id"] = job, ["model"] = model, ["base_model"] = options.BaseModel, ["trigger_id"] = trigger, ["parameters"] = new JsonObject { ["rate"] = Rate.ToString(CultureInfo.InvariantCulture) } },
            cancellationToken: stopping);
        var version = await RegisterAsync(model, job, stopping);

        var random = new Random(options.Seed + number);
        var (tickets, validation) = (world.Take(options.Samples, random), world.Take(options.Samples / 4, random));
        var adapter = TicketAdapter.Untrained();
        var started = time.GetTimestamp();
        var last = default(TicketAdapter.Epoch);
        foreach (var epoch in adapter.Train(tickets, validation, Rate, random).Take(options.Epochs))
        {
            last = epoch;
            await client.AskAsync(
                HttpMethod.Post,
                $"v1/training/runs/{job}/metrics",
                new JsonObject
                {
                    ["batch_id"] = $"{job}-{epoch.Number}",
                    ["points"] = new JsonArray(new JsonObject
                    {
                        ["epoch"] = epoch.Number,
                        ["step"] = (long)epoch.Number * tickets.Length,
                        ["samples"] = (long)epoch.Number * tickets.Length,
                        ["training_loss"] = epoch.TrainingLoss,
                        ["validation_loss"] = epoch.ValidationLoss,
                        ["learning_rate"] = Rate,
                    }),
                },
                cancellationToken: stopping);
            await Task.Delay(options.EpochPause, time, stopping);
        }

        var file = Path.Combine(options.Artifacts, $"{version}.json");
        adapter.Save(file);
        await MoveAsync(version, "trained", job, stopping, new JsonObject
        {
            ["artifact_uri"] = new Uri(file).AbsoluteUri,
            ["training"] = new JsonObject
            {
                ["training_job_id"] = job,
                ["num_epochs"] = last.Number,
                ["learning_rate"] = Rate,
                ["training_loss"] = last.TrainingLoss,
                ["validation_loss"] = last.ValidationLoss,
                ["training_time_seconds"] = time.GetElapsedTime(started).TotalSeconds,
            },
        });
        await MoveAsync(version, "validate", job, stopping);
        await MoveAsync(version, "ready", job, stopping);
        await client.AskAsync(
            HttpMethod.Post, $"v1/training/runs/{job}/finish", new JsonObject { ["status"] = "succeeded", ["adapter_version"] = version }, cancellationToken: stopping);
        await ReportAsync(trigger, "succeeded", job, version, stopping);
        say(string.Create(CultureInfo.InvariantCulture, $"{job} made {version}: validation loss {last.ValidationLoss:0.000}"));
    }

    private async Task<string> RegisterAsync(string model, string job, CancellationToken stopping)
    {
        var known = await client.AskAsync(HttpMethod.Get, $"v1/adapters?base={Uri.EscapeDataString(options.BaseModel)}", cancellationToken: stopping);
        var version = string.Create(CultureInfo.InvariantCulture, $"v{(int)known["count"]! + 1}");
        await client.AskAsync(
            HttpMethod.Post,
            "v1/adapters",
            new JsonObject { ["base_model"] = options.BaseModel, ["version"] = version, ["model"] = model, ["training"] = new JsonObject { ["training_job_id"] = job }, ["by"] = job },
            cancellationToken: stopping);
        await MoveAsync(version, "train", job, stopping);
        return version;
    }

    private async Task MoveAsync(string version, string command, string job, CancellationToken stopping, JsonObject? body = null)
    {
        var request = body ?? [];
        request["command"] = command;
        request["by"] = job;
        await client.AskAsync(
            HttpMethod.Post,
            $"v1/adapters/{version}/transitions?base={Uri.EscapeDataString(options.BaseModel)}",
            request,
            $"{job}-{command}",
            cancellationToken: stopping);
    }

    private async Task ReportAsync(string trigger, string status, string job, string? version, CancellationToken stopping)
    {
        var body = new JsonObject { ["trigger_id"] = trigger, ["status"] = status, ["job_id"] = job };
        if (version is not null)
            body["adapter_version"] = version;
        await client.AskAsync(HttpMethod.Post, $"v1/triggers/{Uri.EscapeDataString(trigger)}/status", body, headers: Signed, cancellationToken: stopping);

        IEnumerable<KeyValuePair<string, string>> Signed(ReadOnlyMemory<byte> bytes)
        {
            var id = $"{job}-{status}";
            var now = time.GetUtcNow().ToUnixTimeSeconds();
            yield return new(WebhookSignature.IdHeader, id);
            yield return new(WebhookSignature.TimestampHeader, now.ToString(CultureInfo.InvariantCulture));
            yield return new(WebhookSignature.SignatureHeader, WebhookSignature.Sign(key, id, now, bytes.Span));
        }
    }
}
