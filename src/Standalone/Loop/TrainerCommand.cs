using System.CommandLine;
using Drift.Delivery.Http;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Options = Drift.Standalone.Commands.Options;

namespace Drift.Standalone.Loop;

/// <summary><c>trainer</c>: a small trainer for the demo of the closed loop, as an example of what a real one does.</summary>
internal static class TrainerCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock of the trainer.</param>
    public static Command Create(TimeProvider time)
    {
        var url = Options.Url();
        var key = Options.Key();
        var listen = new Option<string>("--listen") { Description = "Where it takes requests to fine-tune, at /fine-tune.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8090" };
        var secret = new Option<string?>("--secret") { Description = "What requests are signed with; else the environment variable DRIFT_TRAINER_SECRET.", HelpName = "SECRET" };
        var artifacts = new Option<string>("--artifacts") { Description = "The folder that takes what it trains.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("data", "adapters") };
        var spoil = new Option<int?>("--spoil-after") { Description = "Jobs after which it trains on the wrong data, so that there is something to roll back.", HelpName = "N" };
        var command = new Command("trainer", "Take fine-tuning triggers and train small adapters: the trainer of demo-loop.") { url, key, listen, secret, artifacts, spoil };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var signing = (parsed.GetValue(secret) ?? Environment.GetEnvironmentVariable("DRIFT_TRAINER_SECRET")) is { Length: > 0 } text && WebhookSignature.KeyOf(text) is { } bytes
                ? bytes
                : throw new CommandException("--secret is missing, or not Base64 behind whsec_: without it anybody could have models trained.");
            var folder = Path.GetFullPath(parsed.GetValue(artifacts)!);
            Directory.CreateDirectory(folder);
            var output = parsed.InvocationConfiguration.Output;
            var client = new DriftClient(new HttpClient { Timeout = TimeSpan.FromSeconds(20) }, parsed.GetValue(url)!, Options.KeyOf(parsed.GetValue(key)), time);
            var trainer = new Trainer(client, signing, new TrainerOptions { Artifacts = folder, SpoilAfter = parsed.GetValue(spoil) }, time, output.WriteLine);

            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.WebHost.UseUrls(parsed.GetValue(listen)!);
            await using var app = builder.Build();
            app.MapPost("/fine-tune", async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                var headers = http.Request.Headers;
                var (status, answer) = trainer.Take(
                    headers[WebhookSignature.IdHeader], headers[WebhookSignature.TimestampHeader], headers[WebhookSignature.SignatureHeader], body.ToArray(), app.Lifetime.ApplicationStopping);
                http.Response.StatusCode = status;
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
            });
            await app.StartAsync(cancellationToken);
            await output.WriteLineAsync($"The trainer takes requests at {string.Join(", ", app.Urls)}/fine-tune; adapters go to {folder}.");
            await app.WaitForShutdownAsync(cancellationToken);
            return Cli.Ok;
        });
        return command;
    }
}
