namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>Ways of sending that tests share.</summary>
internal static class Sending
{
    /// <summary>Makes model <c>m</c> of a data set: settings, reference, current rows.</summary>
    public static async Task SendDataAsync(this DriftServer server, DataSet data, string format, HttpContent settings)
    {
        (await server.PutAsync("/v1/models/m", settings)).Expect(200);
        var query = format == "csv" ? data.CsvQuery(onlyDeclared: true) : "";
        (await server.PutAsync($"/v1/models/m/reference{query}", Body(data.Reference))).Expect(200);
        (await server.PostAsync($"/v1/models/m/predictions{query}", Body(data.Current))).Expect(200);

        HttpContent Body(Range range) => format switch
        {
            "csv" => data.Csv(range),
            "ndjson" => data.Ndjson(range),
            "columnar" => data.Columnar(range),
            _ => data.Json(range),
        };
    }

    /// <summary>Rows of a small credit model; the same seed gives the same rows.</summary>
    public static string Rows(int count, int seed, bool ids = false)
    {
        var random = new Random(seed);
        string[] jobs = ["nurse", "clerk", "driver"];
        return string.Join(',', Enumerable.Range(0, count).Select(i => FormattableString.Invariant(
            $$"""{{{(ids ? $"\"id\": \"p-{seed}-{i}\", " : "")}}"features": {"age": {{random.Next(1000) / 10.0}}, "job": "{{jobs[random.Next(3)]}}"}, "prediction": "{{(random.Next(2) == 0 ? "no" : "yes")}}"}""")));
    }

    public static HttpContent Batch(int count, int seed, bool ids = false) => Bodies.Json($$"""{"rows": [{{Rows(count, seed, ids)}}]}""");
}
