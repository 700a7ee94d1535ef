using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Docs;

/// <summary><c>docs/api.md</c> says what the host does: its examples run, and it has every route.</summary>
[Collection(nameof(HostProcess))]
public sealed partial class ApiPageTests
{
    // Shells differ in nothing but the status on stderr.
    private const string Prelude = """
        set -euo pipefail
        curl() { command curl --silent --show-error --max-time 30 --write-out '%{stderr}STATUS %{http_code}\n' "$@"; }

        """;

    [CurlFact]
    public async Task Its_examples_run_in_order_and_answer_as_it_shows()
    {
        var page = Markdown.Read("docs/api.md");
        var blocks = Markdown.Blocks(page);
        using var data = new TempDirectory();
        using var keyed = new TempDirectory();
        using var folder = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        await using var hostWithKeys = await HostProcess.StartAsync(keyed.Path, Exports(blocks.Single(b => b.Language == "sh").Text));
        for (var i = 0; i < blocks.Count; i++)
        {
            var (language, text, line) = blocks[i];
            if (language != "bash")
                continue;
            var script = text
                .Replace("http://127.0.0.1:8080", host.Address.ToString().TrimEnd('/'), StringComparison.Ordinal)
                .Replace("http://127.0.0.1:8081", hostWithKeys.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
            var (code, output, error) = await RunAsync(Prelude + script, folder.Path);
            Assert.True(code == 0, $"docs/api.md:{line} ends with {code}: {error}\n{output}");

            var expected = Answers().Match(text) is { Success: true } match ? match.Groups[1].Value : "200";
            foreach (Match status in Statuses().Matches(error))
                Assert.True(status.Groups[1].Value == expected, $"docs/api.md:{line} is answered {status.Groups[1].Value}, the page says {expected}: {output}");

            if (i + 1 < blocks.Count && blocks[i + 1].Language == "json")
            {
                using var shown = JsonDocument.Parse(blocks[i + 1].Text);
                using var real = JsonDocument.Parse(output);
                var missing = Missing(shown.RootElement, real.RootElement, "answer");
                Assert.True(missing is null, $"docs/api.md:{blocks[i + 1].Line}: {missing} in {output}");
            }
            else if (i + 1 < blocks.Count && blocks[i + 1].Language == "text")
            {
                foreach (var part in blocks[i + 1].Text.Split('\n'))
                    Assert.Contains(part, output, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task It_has_every_route_and_no_other()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        var document = await host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, "openapi/v1.json"));
        var routes = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}"))
            .Order(StringComparer.Ordinal);

        var described = Routes().Matches(Markdown.Read("docs/api.md")).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(routes, described);
    }

    /// <summary>What the page shows and the answer lacks: a field, an element like it, or a value of the same kind. Null when nothing is.</summary>
    private static string? Missing(JsonElement shown, JsonElement real, string path)
    {
        if (Kind(shown) != Kind(real))
            return $"{path} is a {real.ValueKind}";
        switch (shown.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in shown.EnumerateObject())
                {
                    if (!real.TryGetProperty(field.Name, out var value))
                        return $"{path} has no '{field.Name}'";
                    if (Missing(field.Value, value, $"{path}.{field.Name}") is { } missing)
                        return missing;
                }

                return null;
            case JsonValueKind.Array:
                foreach (var element in shown.EnumerateArray())
                {
                    var faults = real.EnumerateArray().Select(r => Missing(element, r, $"{path}[]")).ToList();
                    if (!faults.Contains(null))
                        return faults.FirstOrDefault() ?? $"{path} is empty";
                }

                return null;
            default:
                // What the examples fix is the same here: names, classes, states, rounded counts.
                return shown.ValueKind == JsonValueKind.String && !Varies().IsMatch(shown.GetString()!) && shown.GetString() != real.GetString()
                    ? $"{path} is '{real.GetString()}'"
                    : null;
        }
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;

    private static Dictionary<string, string> Exports(string script) => script.Split('\n')
        .Where(l => l.StartsWith("export ", StringComparison.Ordinal))
        .Select(l => l["export ".Length..].Split('=', 2))
        .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    private static async Task<(int Code, string Output, string Error)> RunAsync(string script, string folder)
    {
        var start = new ProcessStartInfo(Executables.Find("bash")!, ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }

    [GeneratedRegex("^# answers ([0-9]{3})$", RegexOptions.Multiline)]
    private static partial Regex Answers();

    [GeneratedRegex("^STATUS ([0-9]{3})$", RegexOptions.Multiline)]
    private static partial Regex Statuses();

    [GeneratedRegex("^### `([A-Z]+ [^`]+)`$", RegexOptions.Multiline)]
    private static partial Regex Routes();

    // Times, trace ids and messages.
    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T|^[0-9a-f]{32}$|…|^[0-9.]+$")]
    private static partial Regex Varies();
}
