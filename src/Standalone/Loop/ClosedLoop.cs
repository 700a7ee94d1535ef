using System.Globalization;
using System.Text.Json.Nodes;
using Drift.Core.Settings;
using Drift.Core.Detection;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;

namespace Drift.Standalone.Loop;

/// <summary>
/// Plays a model's application and gateway through the closed loop: it sends tickets, their labels a moment later, and gives canaries their share. The
/// world changes; what follows (the trigger, the training, the promotion, and the roll-back of the next, worse adapter) it only watches, and deploys what
/// the trainer made ready.
/// </summary>
internal sealed class ClosedLoop
{
    /// <summary>The monitored model.</summary>
    public const string Model = "tickets";

    /// <summary>The model that adapters adapt.</summary>
    public const string BaseModel = "demo/tickets-7b";

    private const int ReferenceRows = 2_000;
    private const double CanaryShare = 0.5;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly string Base = Uri.EscapeDataString(BaseModel);

    private readonly DriftClient _client;
    private readonly ClosedLoopOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _say;
    private readonly Random _random;
    private readonly Dictionary<string, TicketAdapter> _loaded = new(StringComparer.Ordinal);
    private readonly long _started;
    private readonly DateTimeOffset _startedAt;
    private readonly string _run;
    private JsonArray _waitingLabels = [];
    private TicketWorld _world = TicketWorld.Before;
    private int _batches;

    /// <param name="client">The server.</param>
    /// <param name="options">What to send, and for how long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Takes a line per step.</param>
    public ClosedLoop(DriftClient client, ClosedLoopOptions options, TimeProvider time, Action<string> say)
    {
        _client = client;
        _options = options;
        _time = time;
        _say = say;
        _random = new Random(options.Seed);
        _started = time.GetTimestamp();
        _startedAt = time.GetUtcNow();
        _run = _startedAt.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
    }

    /// <summary>Goes once around, and once more with an adapter that is worse.</summary>
    /// <exception cref="CommandException">A step did not come about in time; the message says which.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await TrafficUntilAsync("traffic like the reference", () => Task.FromResult(_batches * _options.RowsPerTick >= 1_500), cancellationToken);

        _world = TicketWorld.After;
        Say("drift", "the world changes: other tickets come, and other ones need a person");
        var first = "";
        await TrafficUntilAsync(
            "a fine-tuning trigger because of drift",
            async () => (first = await TriggerAsync("drift", cancellationToken) ?? "").Length > 0,
            cancellationToken);
        Say("trigger", $"{first} was made by the policy");
        await GoAroundAsync(first, "serving", "champion", cancellationToken);

        var second = (string)(await AskAsync(
            HttpMethod.Post, $"v1/models/{Model}/triggers", cancellationToken, new JsonObject { ["by"] = "demo-loop", ["reason"] = "the weekly refresh" }, $"{_run}-refresh"))["id"]!;
        Say("trigger", $"{second} was asked for by hand");
        await GoAroundAsync(second, "rolled_back", null, cancellationToken);
        await PrintTimeLineAsync([first, second], cancellationToken);
    }

    /// <summary>From a trigger to the decision on the adapter that comes of it.</summary>
    private async Task GoAroundAsync(string trigger, string state, string? role, CancellationToken cancellationToken)
    {
        string? version = null;
        await TrafficUntilAsync(
            $"the training that {trigger} asked for",
            async () =>
            {
                var now = await AskAsync(HttpMethod.Get, $"v1/triggers/{Uri.EscapeDataString(trigger)}", cancellationToken);
                if ((string?)now["status"] is "failed" or "expired" or "cancelled")
                    throw new CommandException($"{trigger} ended as {now["status"]}: {now["message"]}");
                version = (string?)now["adapter_version"];
                return (string?)now["status"] == "succeeded" && version is not null;
            },
            cancellationToken);
        Say("trained", $"{version} came of {trigger}");
        await DeployAsync(version!, "deploy_canary", cancellationToken);
        Say("canary", $"{version} gets half of the tickets");
        JsonNode adapter = new JsonObject();
        await TrafficUntilAsync(
            $"the decision on {version}",
            async () =>
            {
                adapter = (await AskAsync(HttpMethod.Get, $"v1/adapters/{version}?base={Base}", cancellationToken))["adapter"]!;
                if ((string?)adapter["state"] is not ("serving" or "loading" or "rolled_back"))
                    throw new CommandException($"{version} is {adapter["state"]}: {adapter["message"]}");
                return (string?)adapter["state"] != "loading" && (string?)adapter["role"] != "canary";
            },
            cancellationToken);
        var canary = adapter["canary"];
        Say(
            (string?)adapter["state"] == "serving" ? "promoted" : "rolled back",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{version}: {Share(canary, "")} right, the champion {Share(canary, "champion_")}; difference {(double?)canary?["lower"]:+0.00;-0.00} to {(double?)canary?["upper"]:+0.00;-0.00}"));
        if ((string?)adapter["state"] != state || (role is not null && (string?)adapter["role"] != role))
            throw new CommandException($"{version} is {adapter["state"]} as {adapter["role"]}, it should be {state} {role}.");
    }

    private static string Share(JsonNode? canary, string arm) => string.Create(
        CultureInfo.InvariantCulture, $"{(long?)canary?[$"{arm}correct"]} of {(long?)canary?[$"{arm}samples"]}");

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var settings = new ModelSettings
        {
            Task = ModelTask.Binary,
            Positive = "escalate",
            Triggers = new TriggerSettings { Enabled = true, MinSeverity = Severity.Moderate, Evaluations = 2, CooldownMinutes = 0, DailyBudget = 1 },
        };
        await _client.ConfigureAsync(Model, settings, cancellationToken);
        await AskAsync(HttpMethod.Put, $"v1/adapters/policy?base={Base}", cancellationToken, new JsonObject { ["promote_when"] = "better", ["alpha"] = 0.05, ["min_samples"] = 100 });

        // The adapter that is in service when the story begins.
        var adapter = TicketAdapter.Untrained();
        var last = adapter.Train(TicketWorld.Before.Take(4_000, _random), TicketWorld.Before.Take(1_000, _random), 0.02, _random).ElementAt(7);
        Directory.CreateDirectory(_options.Artifacts);
        var file = Path.GetFullPath(Path.Combine(_options.Artifacts, "v1.json"));
        adapter.Save(file);
        await AskAsync(HttpMethod.Post, "v1/adapters", cancellationToken, new JsonObject
        {
            ["base_model"] = BaseModel,
            ["version"] = "v1",
            ["model"] = Model,
            ["state"] = "trained",
            ["artifact_uri"] = new Uri(file).AbsoluteUri,
            ["by"] = "demo-loop",
            ["training"] = new JsonObject { ["num_epochs"] = last.Number, ["training_loss"] = last.TrainingLoss, ["validation_loss"] = last.ValidationLoss },
        });
        foreach (var command in (string[])["validate", "ready", "deploy_champion"])
            await DeployAsync("v1", command, cancellationToken);
        _loaded["v1"] = adapter;

        var reference = new JsonArray();
        foreach (var ticket in TicketWorld.Before.Take(ReferenceRows, _random))
            reference.Add(Row(ticket, "v1", null, label: true));
        await AskAsync(HttpMethod.Put, $"v1/models/{Model}/reference", cancellationToken, new JsonObject { ["rows"] = reference });
        Say("ready", $"v1 serves as champion, {ReferenceRows} tickets are the reference");
    }

    private async Task DeployAsync(string version, string command, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["command"] = command, ["by"] = "demo-loop" };
        if (command == "deploy_canary")
            body["share"] = CanaryShare;
        await AskAsync(HttpMethod.Post, $"v1/adapters/{version}/transitions?base={Base}", cancellationToken, body, $"{_run}-{version}-{command}");
    }

    private async Task<string?> TriggerAsync(string type, CancellationToken cancellationToken)
    {
        var page = await AskAsync(HttpMethod.Get, $"v1/triggers?model={Model}", cancellationToken);
        return (string?)page["triggers"]!.AsArray().FirstOrDefault(t => (string?)t!["type"] == type && (DateTimeOffset)t["created_at"]! >= _startedAt)?["id"];
    }

    private async Task TrafficUntilAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (!await condition())
        {
            if (_time.GetElapsedTime(began) > _options.StepLimit)
                throw new CommandException($"After {_options.StepLimit.TotalSeconds:0} s there is still not: {what}. Look at /v1/models/{Model}/drift, /v1/triggers, /v1/adapters?base={Base} and at the server's log.");
            await SendAsync(cancellationToken);
            await Task.Delay(Tick, _time, cancellationToken);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var serving = (await AskAsync(HttpMethod.Get, $"v1/adapters?base={Base}&state=serving", cancellationToken))["adapters"]!.AsArray();
        var champion = serving.Single(a => (string?)a!["role"] == "champion")!;
        var canary = serving.FirstOrDefault(a => (string?)a!["role"] == "canary");
        var rows = new JsonArray();
        var labels = new JsonArray();
        var batch = string.Create(CultureInfo.InvariantCulture, $"{_run}-{++_batches}");
        foreach (var ticket in _world.Take(_options.RowsPerTick, _random))
        {
            var chosen = canary is not null && _random.NextDouble() < CanaryShare ? canary : champion;
            var id = string.Create(CultureInfo.InvariantCulture, $"{batch}-{rows.Count}");
            rows.Add(Row(ticket, Load(chosen), id, label: false));
            labels.Add(new JsonObject { ["id"] = id, ["label"] = Word(ticket.Escalate) });
        }

        await AskAsync(HttpMethod.Post, $"v1/models/{Model}/predictions", cancellationToken, new JsonObject { ["rows"] = rows }, batch);
        if (_waitingLabels.Count > 0)
            await AskAsync(HttpMethod.Post, $"v1/models/{Model}/labels", cancellationToken, new JsonObject { ["labels"] = _waitingLabels }, batch);
        _waitingLabels = labels;
    }

    private string Load(JsonNode adapter)
    {
        var version = (string)adapter["version"]!;
        if (!_loaded.ContainsKey(version))
            _loaded[version] = TicketAdapter.Load(new Uri((string)adapter["artifact_uri"]!).LocalPath);
        return version;
    }

    private JsonObject Row(Ticket ticket, string version, string? id, bool label)
    {
        var score = _loaded[version].Score(ticket.Features);
        var features = new JsonObject();
        for (var f = 0; f < ticket.Features.Length; f++)
            features[TicketWorld.Names[f]] = ticket.Features[f];
        var row = new JsonObject
        {
            ["features"] = features,
            ["prediction"] = Word(score >= 0.5),
            ["score"] = score,
            ["adapter"] = version,
            ["latency_ms"] = 80 + (40 * _random.NextDouble()),
            ["tokens"] = new JsonObject { ["prompt"] = 200 + _random.Next(100), ["completion"] = 20 + _random.Next(30) },
            ["cache"] = _random.NextDouble() < 0.3 ? "hit" : "miss",
        };
        if (id is not null)
            row["id"] = id;
        if (label)
            row["label"] = Word(ticket.Escalate);
        return row;
    }

    private static string Word(bool escalate) => escalate ? "escalate" : "answer";

    private Task<JsonNode> AskAsync(HttpMethod method, string path, CancellationToken cancellationToken, JsonNode? body = null, string? key = null) =>
        _client.AskAsync(method, path, body, key, cancellationToken: cancellationToken);

    /// <summary>What the server itself has kept of it all.</summary>
    private async Task PrintTimeLineAsync(IReadOnlyList<string> triggers, CancellationToken cancellationToken)
    {
        var steps = new List<(DateTimeOffset At, string What)>();
        foreach (var id in triggers)
        {
            var trigger = await AskAsync(HttpMethod.Get, $"v1/triggers/{Uri.EscapeDataString(id)}", cancellationToken);
            foreach (var (member, word) in (ReadOnlySpan<(string, string)>)[("created_at", "made"), ("sent_at", "sent"), ("accepted_at", "accepted"), ("started_at", "running"), ("finished_at", "over")])
            {
                if (trigger[member] is { } at)
                    steps.Add(((DateTimeOffset)at!, $"trigger  {id}: {(word == "over" ? (string?)trigger["status"] : word)}{(word == "made" ? $" ({trigger["type"]})" : "")}"));
            }
        }

        foreach (var adapter in (await AskAsync(HttpMethod.Get, $"v1/adapters?base={Base}", cancellationToken))["adapters"]!.AsArray())
        {
            var version = (string)adapter!["version"]!;
            foreach (var step in (await AskAsync(HttpMethod.Get, $"v1/adapters/{version}?base={Base}", cancellationToken))["transitions"]!.AsArray())
            {
                var role = step!["to_role"] is { } to ? $" ({to})" : "";
                var why = step["reason"] is { } reason ? $": {reason}" : "";
                steps.Add(((DateTimeOffset)step["at"]!, $"adapter  {version}: {step["to"]}{role} by {step["by"]}{why}"));
            }
        }

        _say("");
        _say("The time line, as the server kept it:");
        foreach (var (at, what) in steps.Where(s => s.At >= _startedAt).OrderBy(s => s.At))
            _say(string.Create(CultureInfo.InvariantCulture, $"{(at - _startedAt).TotalSeconds,7:0.0} s  {what}"));
    }

    private void Say(string step, string sentence) =>
        _say(string.Create(CultureInfo.InvariantCulture, $"{_time.GetElapsedTime(_started).TotalSeconds,7:0.0} s  {step,-12} {sentence}"));
}
