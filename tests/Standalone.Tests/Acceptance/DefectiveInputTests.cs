using System.Globalization;
using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>
/// Defects of single cells, rows and labels are no reason to refuse a batch in lenient mode: they are counted, and what is answered
/// and evaluated afterwards stays finite. Each runs on a model that learns and on one that monitors.
/// </summary>
public sealed class DefectiveInputTests(DefectiveInputTests.Fixture fixture) : IClassFixture<DefectiveInputTests.Fixture>
{
    private const string Types = """ "features": {"age": {"type": "numeric"}, "job": {"type": "categorical"}}, "min_rows": 20, "windows": ["1h"]""";

    private static int _models;

    private DriftServer Server => fixture.Server;

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_number_beyond_all_is_counted_as_not_finite(string state)
    {
        var model = await CreateAsync(state);
        await AcceptAsync(model, """{"features": {"age": 1e400, "job": "nurse"}}, {"features": {"age": -1e400, "job": "nurse"}}, {"features": {"age": 4, "job": "nurse"}}""", 3);
        await MonitorAsync(model);

        Assert.Equal(2, await DefectsAsync(model, "age", "non_finite"));
        Assert.Equal(0, await DefectsAsync(model, "age", "mismatched"));
        await RequireFiniteAsync(model);
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task Scores_predictions_and_labels_beyond_all_leave_every_answer_finite(string state)
    {
        var model = await CreateAsync(state);
        await AcceptAsync(
            model,
            """{"id": "big", "prediction": 1e400, "score": 1e400, "label": -1e400}, {"score": 1e308, "prediction": "yes", "label": "no"}, {"score": {"yes": 1e400, "no": 0}, "prediction": "yes"}, {"features": {"age": [1e400, 1]}}, {"latency_ms": 1e400}""",
            5);
        await MonitorAsync(model);
        await RequireFiniteAsync(model);
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task Values_of_another_type_are_counted_as_mismatches(string state)
    {
        var model = await CreateAsync(state);
        await AcceptAsync(
            model,
            """{"features": {"age": "41", "job": "nurse"}}, {"features": {"age": "old", "job": 7}}, {"features": {"age": {"a": 1}, "job": [1, 2]}}, {"features": {"age": [[1]], "job": {"b": 2}}}, {"features": {"age": null}}""",
            5);
        await MonitorAsync(model);

        Assert.Equal(4, await DefectsAsync(model, "age", "mismatched"));
        Assert.Equal(1, await DefectsAsync(model, "age", "missing"));
        Assert.Equal(2, await DefectsAsync(model, "job", "mismatched"));
        Assert.Equal(1, await DefectsAsync(model, "job", "unseen"));
        await RequireFiniteAsync(model);
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_column_that_changes_from_numbers_to_texts_is_counted_cell_by_cell(string state)
    {
        var model = await CreateAsync(state);
        await AcceptAsync(model, Sending.Rows(30, 11), 30);
        await AcceptAsync(model, string.Join(',', Enumerable.Range(0, 30).Select(i => $$$"""{"features": {"age": "a{{{i}}}", "job": "nurse"}}""")), 30);
        await MonitorAsync(model);

        Assert.Equal(30, await DefectsAsync(model, "age", "mismatched"));
        await RequireFiniteAsync(model);
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task Rows_of_impossible_times_are_left_out_and_named(string state)
    {
        var model = await CreateAsync(state);
        var rows = await Server.RowsAsync(model);
        var receipt = (await Server.PostAsync(
            $"/v1/models/{model}/predictions",
            Bodies.Json("""{"rows": [{"features": {"age": 1}}, {"ts": "0001-01-01T00:00:00Z"}, {"features": {"age": 2}}, {"ts": "3000-01-01T00:00:00Z"}, {"ts": 1}]}"""))).Expect(200);

        Assert.Equal(2, receipt["accepted"].GetInt32());
        Assert.Equal(3, receipt["rejected"].GetInt32());
        Assert.Equal([1, 3, 4], receipt["errors"].EnumerateArray().Select(e => e.GetProperty("row").GetInt32()));
        Assert.All(receipt["errors"].EnumerateArray(), e => Assert.Equal("ts", e.GetProperty("field").GetString()));
        Assert.Contains("must not be earlier than", receipt["errors"][0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("must not be later than", receipt["errors"][1].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(rows + 2, await Server.RowsAsync(model));
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_label_for_an_unknown_id_waits_for_its_prediction(string state)
    {
        var model = await CreateAsync(state);
        var receipt = await LabelAsync(model, """{"id": "later", "label": "yes"}""");
        Assert.Equal((1, 0, 1), (receipt["received"].GetInt32(), receipt["matched"].GetInt32(), receipt["waiting"].GetInt32()));

        await AcceptAsync(model, """{"id": "later", "prediction": "yes", "features": {"age": 1, "job": "nurse"}}""", 1);
        Assert.Equal(1, (await LabelAsync(model, """{"id": "later", "label": "yes"}"""))["repeated"].GetInt32());
        if (state == "monitoring")
            Assert.Equal(1, (await PerformanceAsync(model)).GetProperty("labelled").GetInt64());
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_label_that_comes_twice_counts_once_and_the_first_one_stays(string state)
    {
        var model = await CreateAsync(state);
        await AcceptAsync(model, """{"id": "p1", "prediction": "yes", "features": {"age": 1, "job": "nurse"}}""", 1);
        Assert.Equal(1, (await LabelAsync(model, """{"id": "p1", "label": "yes"}"""))["matched"].GetInt32());
        var before = await Server.SnapshotAsync(model);

        var again = await LabelAsync(model, """{"id": "p1", "label": "yes"}""");
        Assert.Equal((0, 1), (again["matched"].GetInt32(), again["repeated"].GetInt32()));
        var other = await LabelAsync(model, """{"id": "p1", "label": "no"}""");
        Assert.Equal(0, other["matched"].GetInt32());
        Assert.Equal("p1", Assert.Single(other["conflicting"].EnumerateArray()).GetString());

        Assert.Equal(before, await Server.SnapshotAsync(model));
        if (state == "monitoring")
            Assert.Equal((1, 1.0), ((await PerformanceAsync(model)).GetProperty("labelled").GetInt64(), (await PerformanceAsync(model)).GetProperty("accuracy").GetDouble()));
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_batch_that_is_sent_twice_counts_once(string state)
    {
        var model = await CreateAsync(state);
        var rows = await Server.RowsAsync(model);
        const string body = """{"batch_id": "b-1", "rows": [{"features": {"age": 1}}, {"features": {"age": 2}}]}""";
        Assert.False((await Server.PostAsync($"/v1/models/{model}/predictions", Bodies.Json(body))).Expect(200)["duplicate"].GetBoolean());
        var before = await Server.SnapshotAsync(model);
        foreach (var key in (string?[])[null, "b-1"])
        {
            var again = (await Server.SendAsync(HttpMethod.Post, $"/v1/models/{model}/predictions", Bodies.Json(body), key)).Expect(200);
            Assert.True(again["duplicate"].GetBoolean());
            Assert.Equal(0, again["accepted"].GetInt32());
        }

        Assert.Equal(before, await Server.SnapshotAsync(model));
        Assert.Equal(rows + 2, await Server.RowsAsync(model));
    }

    [Fact]
    public async Task A_reference_with_a_constant_column_is_taken_with_a_warning()
    {
        var model = $"constant-{Interlocked.Increment(ref _models)}";
        (await Server.PutAsync($"/v1/models/{model}", Bodies.Json($$"""{{{Types}}}"""))).Expect(200);
        var rows = string.Join(',', Enumerable.Range(0, 40).Select(i => $$$"""{"features": {"age": 7, "job": "nurse", "pay": {{{i}}}}}"""));
        var reference = (await Server.PutAsync($"/v1/models/{model}/reference", Bodies.Json($$"""{"rows": [{{rows}}]}"""))).Expect(200);
        Assert.Contains(reference["warnings"].EnumerateArray(), w => w.GetString()!.Contains("'age' is constant", StringComparison.Ordinal));
        Assert.Contains(reference["warnings"].EnumerateArray(), w => w.GetString()!.Contains("'job' is constant", StringComparison.Ordinal));

        await AcceptAsync(model, rows, 40);
        var same = (await Server.GetAsync($"/v1/models/{model}/drift")).Expect(200);
        Assert.Equal(0, same["drifted_columns"].GetInt32());
        await RequireFiniteAsync(model);

        fixture.Clock.Advance(TimeSpan.FromHours(2));
        await AcceptAsync(model, rows.Replace("\"age\": 7", "\"age\": 8", StringComparison.Ordinal), 40);
        var other = (await Server.GetAsync($"/v1/models/{model}/drift")).Expect(200);
        Assert.Equal("age", Assert.Single(other["features"].EnumerateArray(), f => f.GetProperty("drifted").GetBoolean()).GetProperty("name").GetString());
        await RequireFiniteAsync(model);
    }

    [Fact]
    public async Task A_reference_with_a_column_that_is_all_missing_is_taken_with_a_warning()
    {
        var model = $"missing-{Interlocked.Increment(ref _models)}";
        (await Server.PutAsync($"/v1/models/{model}", Bodies.Json($$"""{{{Types}}}"""))).Expect(200);
        var rows = string.Join(',', Enumerable.Range(0, 40).Select(i => $$$"""{"features": {"age": null, "job": "nurse", "pay": {{{i}}}}}"""));
        var reference = (await Server.PutAsync($"/v1/models/{model}/reference", Bodies.Json($$"""{"rows": [{{rows}}]}"""))).Expect(200);
        Assert.Contains(reference["warnings"].EnumerateArray(), w => w.GetString()!.Contains("'age' has no value", StringComparison.Ordinal));
        await AcceptAsync(model, Sending.Rows(40, 4), 40);
        await RequireFiniteAsync(model);
    }

    [Fact]
    public async Task Zero_configuration_learns_whatever_comes_first()
    {
        var model = $"zero-{Interlocked.Increment(ref _models)}";
        const string rows = """{"features": {"a": 1e400}}, {"features": {"a": "x", "b": [1, 2]}}, {"features": {"b": {"c": 1}, "job": 1}}""";
        await AcceptAsync(model, rows, 3);
        (await Server.PutAsync($"/v1/models/{model}", Bodies.Json("""{"reference": {"rows": 3}, "min_rows": 1}"""))).Expect(200);
        await AcceptAsync(model, rows, 3);
        Assert.Equal("monitoring", (await Server.GetAsync($"/v1/models/{model}"))["status"].GetString());
        await RequireFiniteAsync(model);
    }

    private async Task<string> CreateAsync(string state)
    {
        var model = $"{state}-{Interlocked.Increment(ref _models)}";
        (await Server.PutAsync($"/v1/models/{model}", Bodies.Json($$"""{{{Types}}}"""))).Expect(200);
        if (state == "monitoring")
            await MonitorAsync(model);
        return model;
    }

    /// <summary>Gives a model that learns its reference: the rows it kept become current rows.</summary>
    private async Task MonitorAsync(string model)
    {
        if ((await Server.GetAsync($"/v1/models/{model}"))["status"].GetString() == "learning")
            (await Server.PutAsync($"/v1/models/{model}/reference", Sending.Batch(300, 1))).Expect(200);
    }

    private async Task AcceptAsync(string model, string rows, int count)
    {
        var receipt = (await Server.PostAsync($"/v1/models/{model}/predictions", Bodies.Json($$"""{"rows": [{{rows}}]}"""))).Expect(200);
        Assert.Equal(count, receipt["accepted"].GetInt32());
    }

    private async Task<Answer> LabelAsync(string model, string label) =>
        (await Server.PostAsync($"/v1/models/{model}/labels", Bodies.Json($$"""{"labels": [{{label}}]}"""))).Expect(200);

    private async Task<System.Text.Json.JsonElement> PerformanceAsync(string model) =>
        (await Server.GetAsync($"/v1/models/{model}/performance")).Expect(200)["current"];

    private async Task<long> DefectsAsync(string model, string column, string defect) =>
        (await Server.GetAsync($"/v1/models/{model}/quality")).Expect(200)["columns"].EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == column && c.GetProperty("role").GetString() == "feature").GetProperty(defect).GetInt64();

    // JSON has no way to write what is not finite: an answer that cannot be written is a 500.
    private async Task RequireFiniteAsync(string model)
    {
        foreach (var path in (string[])["", "/drift", "/performance", "/quality", "/segments", "/reference", "/features/job"])
            (await Server.GetAsync($"/v1/models/{model}{path}")).Expect(200);
        (await Server.PostAsync($"/v1/models/{model}/drift/check", null)).Expect(200);
        (await Server.GetAsync("/drift/summary")).Expect(200);
        var metrics = (await Server.GetAsync("/metrics")).Expect(200).Text;
        foreach (var line in metrics.Split('\n').Where(l => l.Contains($"model=\"{model}\"", StringComparison.Ordinal) && !l.Contains("le=\"+Inf\"", StringComparison.Ordinal)))
            Assert.True(double.IsFinite(double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)), line);
        Assert.Empty(Server.Errors.Entries);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private DriftServer? _server;

        public FakeClock Clock { get; } = new();

        internal DriftServer Server => _server!;

        public async Task InitializeAsync() => _server = await DriftServer.StartAsync(Clock);

        public async Task DisposeAsync()
        {
            if (_server is not null)
                await _server.DisposeAsync();
        }
    }
}
