using System.Net.Http.Headers;
using System.Text.Json;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>What the server answered.</summary>
internal sealed record Answer(int Status, string? MediaType, HttpContentHeaders Headers, string Text)
{
    private JsonElement? _json;

    public JsonElement Json => _json ??= JsonDocument.Parse(Text).RootElement.Clone();

    public JsonElement this[string name] => Json.TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException($"There is no '{name}' in {Text}");

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        using (response)
            return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The answer itself, when its status is the expected one; else a failure that shows what was said instead.</summary>
    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"The status is {Status}, expected {status}: {Text}");
        return this;
    }
}
