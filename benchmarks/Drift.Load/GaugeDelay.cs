using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Drift.Simulation;

namespace Drift.Load;

/// <summary>How soon a drifted batch shows: from its acknowledgement until <c>drift_psi</c> on <c>/metrics</c> has moved.</summary>
internal static class GaugeDelay
{
    private const int Rows = 1_000;
    private const double Moved = 0.1;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Measures one model after the other, each new; what is waited for includes the answer of <c>/metrics</c>.</summary>
    /// <exception cref="InvalidOperationException">A gauge does not move.</exception>
    public static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(Uri url, int models, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = url };
        var random = new SplitMix(7);
        var delays = new List<TimeSpan>();
        for (var i = 0; i < models; i++)
        {
            var model = string.Create(CultureInfo.InvariantCulture, $"gauge-{i}");
            using (var created = await client.PutAsJsonAsync($"v1/models/{model}", new { reference = new { mode = "first", rows = Rows } }, cancellationToken))
                created.EnsureSuccessStatusCode();
            await SendAsync(client, model, 0, random, cancellationToken);
            await SendAsync(client, model, 0, random, cancellationToken);
            var quiet = await GaugeAsync(client, model, _ => true, cancellationToken);

            // Just evaluated: the next evaluation is as far away as it can be.
            await SendAsync(client, model, 3, random, cancellationToken);
            var acknowledged = Stopwatch.GetTimestamp();
            await GaugeAsync(client, model, psi => psi > quiet + Moved, cancellationToken);
            delays.Add(Stopwatch.GetElapsedTime(acknowledged));
        }

        return delays;
    }

    private static async Task SendAsync(HttpClient client, string model, double shift, SplitMix random, CancellationToken cancellationToken)
    {
        var text = new StringBuilder("x\n");
        for (var row = 0; row < Rows; row++)
            text.Append(CultureInfo.InvariantCulture, $"{random.Uniform() + shift:F6}\n");
        using var body = new StringContent(text.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var answer = await client.PostAsync(new Uri($"v1/models/{model}/predictions", UriKind.Relative), body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until a model has a gauge that is as asked.</summary>
    private static async Task<double> GaugeAsync(HttpClient client, string model, Func<double, bool> isSo, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            var page = await client.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
            var psi = page.Split('\n')
                .Where(line => line.StartsWith("drift_psi{", StringComparison.Ordinal) && line.Contains($"model=\"{model}\"", StringComparison.Ordinal))
                .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))
                .DefaultIfEmpty(double.NaN)
                .Max();
            if (!double.IsNaN(psi) && isSo(psi))
                return psi;
            await Task.Delay(Poll, cancellationToken);
        }

        throw new InvalidOperationException($"drift_psi of {model} on {client.BaseAddress} has not moved within {Patience.TotalSeconds} s.");
    }
}
