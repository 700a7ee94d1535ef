using System.IO.Compression;
using System.Text;
using Drift.Actors;
using Drift.Api.Tests.Support;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Api.Tests.Ingest;

public sealed class PredictionsTests
{
    private const string Path = "/v1/models/credit/predictions";

    private const string OneRow =
        """{"batch_id": "b-1", "rows": [{"id": "p-1", "ts": "2026-11-20T11:59:00Z", "features": {"age": 41, "job": "nurse"}, "prediction": 1.0, "score": 0.83, "segment": {"region": "eu"}}]}""";

    [Fact]
    public async Task A_model_without_a_plan_gets_the_rows_raw_and_the_receipt_says_that_it_learns()
    {
        await using var host = await ApiHost.StartAsync();
        var receipt = (await host.PostAsync(Path, OneRow)).Ok();

        Assert.Equal(
            """{"model":"default/credit","batch_id":"b-1","accepted":1,"rejected":0,"duplicate":false,"plan":0,"status":"learning","learned":1,"learns_until":5000}""",
            receipt.GetRawText());
        var batch = Assert.Single(host.Engine.Of("credit").Batches);
        Assert.Null(batch.Delta);
        var rows = new RowBatch();
        RowBatchCodec.DecodeInto(batch.Raw, rows);
        Assert.Equal(1, rows.Count);
        Assert.Equal(41, rows.FindFeature("age")!.Number(0));
    }

    [Fact]
    public async Task A_model_with_a_plan_gets_a_delta_and_the_receipt_says_that_it_monitors()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        var receipt = (await host.PostAsync(Path, OneRow)).Ok();

        Assert.Equal("monitoring", receipt.GetProperty("status").GetString());
        Assert.Equal(1, receipt.GetProperty("plan").GetInt32());
        Assert.False(receipt.TryGetProperty("learned", out _));
        var batch = Assert.Single(host.Engine.Of("credit").Batches);
        Assert.Null(batch.Raw);
        Assert.True(Delta.IsOf(batch.Delta, host.Engine.Of("credit").Plan!));
    }

    [Fact]
    public async Task Rows_with_ids_are_recorded_with_their_class_score_segments_and_time()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host, new ModelSettings { Segments = ["region"] });
        (await host.PostAsync(Path, OneRow)).Ok();

        var record = Assert.Single(Assert.Single(host.Engine.Of("credit").Batches).Predictions);
        Assert.Equal("p-1", record.Id);
        Assert.Equal("1", record.Prediction);
        Assert.Equal(0.83, record.Score);
        Assert.Equal(["region=eu"], record.Segments);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 11, 59, 0, TimeSpan.Zero), record.Time);
    }

    [Fact]
    public async Task The_adapter_of_a_row_is_a_segment_of_its_record_without_being_listed()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host, new ModelSettings { Segments = ["region", "adapter"] });
        (await host.PostAsync(Path, """{"rows": [{"id": "1", "features": {"age": 1}, "adapter": "v3", "segment": {"region": "eu", "adapter": "x"}}, {"id": "2", "features": {"age": 1}, "segment": {"adapter": "x"}}]}""")).Ok();

        var records = Assert.Single(host.Engine.Of("credit").Batches).Predictions;

        Assert.Equal(["adapter=v3", "region=eu"], records[0].Segments);
        Assert.Equal(["adapter=x"], records[1].Segments);
    }

    [Fact]
    public async Task A_row_that_is_left_out_takes_its_adapter_and_latency_with_it()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host, new ModelSettings());
        (await host.PostAsync(Path, """{"rows": [{"features": {"age": 1}, "adapter": "v1", "latency_ms": 1, "ts": "2020-01-01T00:00:00Z"}, {"features": {"age": 1}, "adapter": "v2", "latency_ms": 2, "tokens": {"prompt": 3, "completion": 4}, "cache": "hit"}]}""")).Ok();

        var parts = Delta.Decode(Assert.Single(host.Engine.Of("credit").Batches).Delta!, host.Engine.Of("credit").Plan!);

        Assert.Equal(["", "adapter=v2"], parts.Select(p => p.Segment).Order(StringComparer.Ordinal));
        var serving = parts.Single(p => p.Segment == "adapter=v2").Profile.Serving!;
        Assert.Equal((1, 2000, 3, 4, 1), (serving.Timed, serving.LatencyMicroseconds, serving.PromptTokens, serving.CompletionTokens, serving.CacheHits));
    }

    [Theory]
    [InlineData("application/x-ndjson", """{"features": {"age": 41}}""")]
    [InlineData("text/csv", "age,job\n41,nurse\n")]
    [InlineData("application/json; charset=utf-8", """{"columns": {"features": {"age": [41]}}}""")]
    public async Task Every_row_format_is_taken(string type, string body)
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(1, (await host.PostAsync(Path, body, type)).Ok().GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Csv_columns_are_mapped_by_the_query()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync($"{Path}?csv_id=key&csv_ignore=note", "key,age,note\nk-1,41,x\n", "text/csv")).Ok();
        var batch = Assert.Single(host.Engine.Of("credit").Batches);
        Assert.Equal("k-1", Assert.Single(batch.Predictions).Id);
        var rows = new RowBatch();
        RowBatchCodec.DecodeInto(batch.Raw, rows);
        Assert.Equal("age", Assert.Single(rows.Features).Name);
    }

    [Fact]
    public async Task A_plan_that_changed_is_fetched_again_and_the_batch_binned_once_more()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        (await host.PostAsync(Path, OneRow)).Ok();
        host.Engine.Of("credit").ChangePlan();

        var receipt = (await host.PostAsync(Path, OneRow.Replace("b-1", "b-2", StringComparison.Ordinal))).Ok();
        Assert.Equal(2, receipt.GetProperty("plan").GetInt32());
        Assert.Equal([false, true], host.Engine.Of("credit").Batches.Select(b => Delta.IsOf(b.Delta, host.Engine.Of("credit").Plan!)));
    }

    [Fact]
    public async Task A_plan_that_changes_twice_during_one_batch_is_a_conflict()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        var model = host.Engine.Of("credit");
        model.BeforeIngest = model.ChangePlan;
        (await host.PostAsync(Path, OneRow)).Problem(409, "plan-changed");
        Assert.Empty(model.Batches);
    }

    [Fact]
    public async Task The_plan_is_asked_for_once_until_its_time_is_over()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        for (var i = 0; i < 3; i++)
            (await host.PostAsync(Path, """{"rows": [{"features": {"age": 1}}]}""")).Ok();
        Assert.Equal(1, host.Engine.Of("credit").PlanRequests);
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        (await host.PostAsync(Path, """{"rows": [{"features": {"age": 1}}]}""")).Ok();
        Assert.Equal(2, host.Engine.Of("credit").PlanRequests);
    }

    [Fact]
    public async Task A_batch_id_seen_before_is_acknowledged_as_duplicate()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync(Path, OneRow)).Ok();
        var again = (await host.PostAsync(Path, OneRow)).Ok();
        Assert.True(again.GetProperty("duplicate").GetBoolean());
        Assert.Equal(0, again.GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("b-9", null, "b-9")]
    [InlineData(null, "b-9", "b-9")]
    [InlineData("b-9", "b-9", "b-9")]
    [InlineData(null, null, null)]
    public async Task The_batch_id_comes_from_header_or_body(string? header, string? body, string? expected)
    {
        await using var host = await ApiHost.StartAsync();
        var text = (body is null ? "{" : $"{{\"batch_id\": \"{body}\", ") + """ "rows": [{"features": {"age": 1}}]}""";
        (await host.PostAsync(Path, text, headers: header is null ? [] : [("Idempotency-Key", header)])).Ok();
        Assert.Equal(expected is null ? [] : [expected], Assert.Single(host.Engine.Of("credit").Batches).BatchIds);
    }

    [Theory]
    [InlineData("other", "batch_id")]
    [InlineData(" ", "Idempotency-Key")]
    [InlineData("01234567890123456789012345678901234567890123456789", "Idempotency-Key", 5)]
    public async Task An_idempotency_key_that_cannot_be_is_refused(string header, string field, int times = 1)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync(Path, OneRow, headers: ("Idempotency-Key", string.Concat(Enumerable.Repeat(header, times))))).Problem(400, "invalid-request");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Fact]
    public async Task Rows_out_of_time_are_left_out_and_listed()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        var receipt = (await host.PostAsync(
            Path,
            """
            {"rows": [{"id": "a", "ts": "2026-11-20T12:06:00Z", "features": {"age": 1}}, {"id": "b", "ts": "2026-11-20T12:04:00Z", "features": {"age": 2, "job": "cook"}, "score": {"x": 0.5}},
             {"id": "c", "ts": "2026-09-01T00:00:00Z", "features": {"age": 3}}]}
            """)).Ok();
        Assert.Equal(1, receipt.GetProperty("accepted").GetInt32());
        Assert.Equal(2, receipt.GetProperty("rejected").GetInt32());
        Assert.Equal([0, 2], receipt.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("row").GetInt32()));
        Assert.All(receipt.GetProperty("errors").EnumerateArray(), e => Assert.Equal("ts", e.GetProperty("field").GetString()));
        var batch = Assert.Single(host.Engine.Of("credit").Batches);
        Assert.Equal(1, batch.Rows);
        var record = Assert.Single(batch.Predictions);
        Assert.Equal("b", record.Id);
        Assert.Equal(0.5, record.ClassScores!["x"]);
    }

    [Fact]
    public async Task A_batch_with_no_row_in_time_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync(Path, """{"rows": [{"ts": "2020-01-01T00:00:00Z", "features": {"age": 1}}]}""")).Problem(400, "invalid-timestamp");
        Assert.Contains("62 days", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Fact]
    public async Task Under_strict_validation_one_row_out_of_time_refuses_the_batch()
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Of("credit").Create(new ModelSettings { Validation = ValidationMode.Strict });
        var problem = (await host.PostAsync(
            Path, """{"rows": [{"features": {"age": 1}}, {"ts": "2020-01-01T00:00:00Z", "features": {"age": 1}}]}""")).Problem(400, "invalid-timestamp");
        Assert.Equal(1, problem.GetProperty("row").GetInt32());
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Theory]
    [InlineData("""{"rows": [{"features": {"age": 1, "job": "cook"}}, {"features": {"age": 1, "job": "cook", "shoe": 44}}]}""", "features.shoe", 1)]
    [InlineData("""{"rows": [{"features": {"age": 1}}]}""", "features.job", 0)]
    [InlineData("""{"rows": [{"features": {"age": 1, "job": "cook"}}, {"features": {"age": "old", "job": "cook"}}]}""", "features.age", 1)]
    [InlineData("""{"rows": [{"features": {"age": {"years": 1}, "job": "cook"}}]}""", "features.age", 0)]
    [InlineData("""{"rows": [{"features": {"age": 1, "job": [1, 2]}}]}""", "features.job", 0)]
    public async Task Under_strict_validation_a_row_that_breaks_the_schema_refuses_the_batch(string body, string field, int row)
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host, new ModelSettings { Validation = ValidationMode.Strict });
        var problem = (await host.PostAsync(Path, body)).Problem(422, "schema-violation");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
        Assert.Equal(row, problem.GetProperty("row").GetInt32());
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Fact]
    public async Task Strict_validation_takes_nulls_and_rows_that_fit()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host, new ModelSettings { Validation = ValidationMode.Strict });
        (await host.PostAsync(Path, """{"rows": [{"features": {"age": null, "job": "cook"}}]}""")).Ok();
    }

    [Fact]
    public async Task While_a_strict_model_learns_the_declared_features_are_its_schema()
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Of("credit").Create(new ModelSettings
        {
            Validation = ValidationMode.Strict,
            Features = new Dictionary<string, FeatureSettings> { ["age"] = new() { Type = Core.Plans.ColumnType.Numeric } },
        });
        (await host.PostAsync(Path, """{"rows": [{"features": {"age": "x"}}]}""")).Problem(422, "schema-violation");
        (await host.PostAsync(Path, """{"rows": [{"features": {"age": 1}}]}""")).Ok();
    }

    [Fact]
    public async Task Lenient_validation_takes_what_breaks_the_schema()
    {
        await using var host = await ApiHost.StartAsync();
        Learn(host);
        Assert.Equal(1, (await host.PostAsync(Path, """{"rows": [{"features": {"age": "old", "shoe": 44}}]}""")).Ok().GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("""{"rows": [""")]
    [InlineData("")]
    [InlineData("""{"rows": []}""")]
    [InlineData("""{"rows": [{"feature": {}}]}""")]
    public async Task A_body_that_cannot_be_read_is_refused(string body)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync(Path, body)).Problem(400, "malformed-body");
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("")]
    public async Task An_unknown_content_type_is_refused_with_those_that_are_known(string type)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync(Path, OneRow, type)).Problem(415, "unsupported-media-type");
        Assert.Contains("application/x-ndjson", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    public async Task An_unknown_content_encoding_is_refused(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var reply = await host.PostAsync(Path, OneRow, headers: ("Content-Encoding", encoding));
        reply.Problem(415, "unsupported-encoding");
        Assert.Equal("gzip, br", reply.Headers.GetValues("Accept-Encoding").Single());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compressed_bodies_are_taken(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var reply = await host.SendAsync(HttpMethod.Post, Path, Compress(encoding, Encoding.UTF8.GetBytes(OneRow)), ("Content-Type", "application/json"), ("Content-Encoding", encoding));
        Assert.Equal(1, reply.Ok().GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_that_is_cut_off_is_refused(string encoding)
    {
        await using var host = await ApiHost.StartAsync();
        var whole = Compress(encoding, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => $"{{\"features\": {{\"age\": {i}}}}}\n"))));
        for (var length = 0; length < whole.Length; length++)
        {
            var reply = await host.SendAsync(HttpMethod.Post, Path, whole[..length], ("Content-Type", "application/x-ndjson"), ("Content-Encoding", encoding));
            reply.Problem(400, "malformed-body");
        }

        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Fact]
    public async Task A_gzip_of_several_members_is_taken()
    {
        await using var host = await ApiHost.StartAsync();
        byte[] sent = [.. Compress("gzip", "age\n1\n"u8.ToArray()), .. Compress("gzip", "2\n3\n"u8.ToArray())];
        var reply = await host.SendAsync(HttpMethod.Post, Path, sent, ("Content-Type", "text/csv"), ("Content-Encoding", "gzip"));
        Assert.Equal(3, reply.Ok().GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Bytes_that_are_no_gzip_are_refused()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.PostAsync(Path, OneRow, headers: ("Content-Encoding", "gzip"))).Problem(400, "malformed-body");
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    public async Task A_small_body_that_unfolds_past_the_limit_is_too_large(string encoding, bool kestrel)
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:Ingest:MaxBodyBytes"] = "100000", ["Drift:Ingest:MaxCellBytes"] = "1000" }, kestrel);
        var bomb = Compress(encoding, new byte[20_000_000]);
        Assert.True(bomb.Length < 100_000);
        (await host.SendAsync(HttpMethod.Post, Path, bomb, ("Content-Type", "application/json"), ("Content-Encoding", encoding))).Problem(413, "too-large");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_past_the_limit_is_too_large(bool kestrel)
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:Ingest:MaxBodyBytes"] = "2000", ["Drift:Ingest:MaxCellBytes"] = "1000" }, kestrel);
        (await host.PostAsync(Path, OneRow + new string(' ', 3000))).Problem(413, "too-large");
    }

    [Fact]
    public async Task A_body_of_unknown_length_past_the_limit_is_too_large()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:Ingest:MaxBodyBytes"] = "2000", ["Drift:Ingest:MaxCellBytes"] = "1000" });
        using var content = new StreamContent(new MemoryStream(new byte[5000]));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await host.Client.SendAsync(request);
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task More_rows_than_the_limit_are_too_large()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?> { ["Drift:Ingest:MaxRows"] = "2" });
        (await host.PostAsync(Path, "age\n1\n2\n3\n", "text/csv")).Problem(413, "too-large");
    }

    [Fact]
    public async Task The_verdict_comes_with_the_receipt_when_asked_for()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("1h", (await host.PostAsync($"{Path}?verdict=true", OneRow)).Ok().GetProperty("verdict").GetProperty("window").GetString());
        (await host.PostAsync($"{Path}?verdict=maybe", OneRow)).Problem(400, "invalid-request");
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("-x")]
    [InlineData("m%C3%BC")]
    [InlineData("a%2Fb")]
    public async Task A_name_that_no_model_can_have_is_refused_with_the_characters_that_can_be(string name)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PostAsync($"/v1/models/{name}/predictions", OneRow)).Problem(400, "invalid-request");
        Assert.Contains("A-Z a-z 0-9 . _ -", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batches_and_rows_are_counted_by_outcome()
    {
        await using var host = await ApiHost.StartAsync();
        await host.PostAsync(Path, OneRow);
        await host.PostAsync(Path, OneRow);
        await host.PostAsync(Path, "{");
        host.Engine.Of("credit").Failure = new DriftException();
        await host.PostAsync(Path, OneRow);
        var text = (await host.GetAsync("/metrics")).Text;
        foreach (var outcome in (string[])["accepted", "duplicate", "refused", "failed"])
            Assert.Matches($$"""drift_ingest_batches_total\{[^}]*outcome="{{outcome}}"[^}]*\} \d""", text);
        Assert.Matches("""drift_ingest_rows_total\{[^}]*model="credit"[^}]*\} \d""", text);
    }

    private static void Learn(ApiHost host, ModelSettings? settings = null) => host.Engine.Of("credit").Learn(
        rows =>
        {
            for (var i = 0; i < 100; i++)
            {
                var row = rows.AddRow();
                rows.Feature("age").SetNumber(row, i);
                rows.Feature("job").SetText(row, rows.Texts.Add(i % 2 == 0 ? "nurse" : "cook"));
            }
        },
        settings);

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var sent = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(sent, CompressionLevel.Optimal) : new BrotliStream(sent, CompressionLevel.Optimal))
            stream.Write(bytes);
        return sent.ToArray();
    }
}
