using System.Text;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>Everything that callers send wrongly, by name.</summary>
internal static class BadCases
{
    private const string Predictions = "/v1/models/{m}/predictions";
    private const string Reference = "/v1/models/{m}/reference";
    private const string Labels = "/v1/models/{m}/labels";
    private const string Model = "/v1/models/{m}";
    private const string Malformed = "malformed-body";
    private const string TooLarge = "too-large";

    private static readonly Lazy<byte[]> Bomb = new(Bodies.GzipBomb);

    public static readonly IReadOnlyDictionary<string, BadCase> All = new Dictionary<string, BadCase>
    {
        // Not JSON, or not all of it.
        ["a body cut off"] = Post("""{"rows": [{"features": {"age": 1}""", Malformed, "not valid JSON", "line 1"),
        ["something behind the body"] = Post("""{"rows": [{"features": {"age": 1}}]} x""", Malformed, "not valid JSON"),
        ["an array as body"] = Post("[1]", Malformed, "must be an object with \"rows\"", "found an array"),
        ["no body"] = Post("", Malformed, "body is empty"),
        ["an unknown member"] = Post("""{"row": []}""", Malformed, "unknown field 'row'", "rows"),
        ["an unknown field of a row"] = Post("""{"rows": [{"age": 4}]}""", Malformed, "unknown field 'age'", "features belong inside") with { Row = 0 },
        ["NaN"] = Post("""{"rows": [{"features": {"age": 1}}, {"features": {"age": NaN}}]}""", Malformed, "not valid JSON") with { Row = 1 },
        ["Infinity"] = Post("""{"rows": [{"features": {"age": Infinity}}]}""", Malformed, "not valid JSON") with { Row = 0 },
        ["minus Infinity"] = Post("""{"rows": [{"features": {"age": -Infinity}}]}""", Malformed, "not valid JSON") with { Row = 0 },
        ["NDJSON with a bad line"] = new(
            "POST", Predictions, () => Bodies.Ndjson("{\"features\":{\"age\":1}}\n{\"features\":{\"age\":"), 400, Malformed, "line 2") { Row = 1 },
        ["bytes that are no UTF-8"] = Bytes("""{"rows": [{"features": {"job": "\u00ff"}}]}""", Bodies.JsonType),
        ["a name that is no UTF-8"] = Bytes("""{"rows": [{"features": {"\u00ff": 1}}]}""", Bodies.JsonType),
        ["NDJSON that is no UTF-8"] = Bytes("""{"features": {"job": "\u00ff"}}""", Bodies.NdjsonType),
        ["CSV that is no UTF-8"] = Bytes("age,job\n1,\u00ff\n", Bodies.CsvType),
        ["a CSV header that is no UTF-8"] = Bytes("age,\u00ff\n1,2\n", Bodies.CsvType),
        ["half a surrogate pair"] = Post("""{"rows": [{"features": {"job": "\ud800"}}]}""", Malformed, "surrogate") with { Row = 0 },

        // Encodings and sizes.
        ["gzip cut off"] = Encoded("gzip", body => Bodies.Gzip(body)[..^12], "gzip", "cut off"),
        ["gzip without its trailer"] = Encoded("gzip", body => Bodies.Gzip(body)[..^8], "gzip", "cut off"),
        ["no gzip at all"] = Encoded("gzip", body => body, "gzip", "damaged"),
        ["brotli cut off"] = Encoded("br", body => Bodies.Brotli(body)[..^4], "br", "cut off"),
        ["an unknown encoding"] = new("POST", Predictions, () => Bodies.Of("{}"u8.ToArray(), encoding: "zstd"), 415, "unsupported-encoding", "zstd", "gzip, br"),
        ["a gzip bomb"] = new("POST", Predictions, () => Bodies.Of(Bomb.Value, encoding: "gzip"), 413, TooLarge, "67108864", "decompressed"),
        ["a gzip bomb as reference"] = new("PUT", Reference, () => Bodies.Of(Bomb.Value, encoding: "gzip"), 413, TooLarge, "67108864"),
        ["a gzip bomb as labels"] = new("POST", Labels, () => Bodies.Of(Bomb.Value, encoding: "gzip"), 413, TooLarge, "67108864"),
        ["a gzip bomb as settings"] = new("PUT", Model, () => Bodies.Of(Bomb.Value, encoding: "gzip"), 413, TooLarge, "1048576"),
        ["a body of 65 MiB"] = new("POST", Predictions, () => Bodies.Of(new byte[65 * 1024 * 1024]), 413, TooLarge, "67108864"),
        ["10 000 columns"] = new(
            "POST", Predictions, () => Bodies.Json($"{{\"rows\": [{{\"features\": {{{Columns(i => $"\"c{i}\": {i}")}}}}}]}}"), 413, TooLarge, "1000") { Row = 0 },
        ["10 000 columns in CSV"] = new(
            "POST", Predictions, () => Bodies.Csv($"{Columns(i => $"c{i}")}\n{Columns(i => $"{i}")}\n"), 413, TooLarge, "3000"),
        ["10 000 columns, columnar"] = new(
            "POST", Predictions, () => Bodies.Json($"{{\"columns\": {{\"features\": {{{Columns(i => $"\"c{i}\": [1]")}}}}}}}"), 413, TooLarge, "1000"),
        ["a string of 1 MB"] = new(
            "POST", Predictions, () => Bodies.Json($"{{\"rows\": [{{\"features\": {{\"job\": \"{new string('x', 1 << 20)}\"}}}}]}}"), 413, TooLarge, "rows[0].features.job", "1048576", "65536") { Row = 0 },
        ["a string of 1 MB in CSV"] = new("POST", Predictions, () => Bodies.Csv($"job\n{new string('x', 1 << 20)}\n"), 413, TooLarge, "65536") { Row = 0 },
        ["a name of 1 MB"] = new(
            "POST", Predictions, () => Bodies.Json($"{{\"rows\": [{{\"features\": {{\"{new string('x', 1 << 20)}\": 1}}}}]}}"), 413, TooLarge, "256") { Row = 0 },
        ["1 000 001 rows"] = new("POST", Predictions, () => Bodies.Json($"{{\"rows\": [{Bodies.Repeat("{},", 1_000_000)}{{}}]}}"), 413, TooLarge, "100000 rows"),
        ["1 000 001 rows of NDJSON"] = new("POST", Predictions, () => Bodies.Ndjson(Bodies.Repeat("{}\n", 1_000_001)), 413, TooLarge, "100000 rows"),
        ["1 000 001 rows of CSV"] = new("POST", Predictions, () => Bodies.Csv("age\n" + Bodies.Repeat("1\n", 1_000_001)), 413, TooLarge, "100000 rows"),
        ["1 000 001 rows in columns"] = new(
            "POST", Predictions, () => Bodies.Json($"{{\"columns\": {{\"features\": {{\"age\": [{Bodies.Repeat("1,", 1_000_000)}1]}}}}}}"), 413, TooLarge, "100000 rows"),
        ["1 000 001 labels"] = new(
            "POST", Labels, () => Bodies.Ndjson(Bodies.Repeat("{\"id\":\"a\",\"label\":1}\n", 1_000_001)), 413, TooLarge, "100000 labels"),
        ["an unknown content type"] = new("POST", Predictions, () => Bodies.Of("<a/>"u8.ToArray(), "text/xml"), 415, "unsupported-media-type", "text/xml", "application/json", "text/csv"),
        ["no content type"] = new("POST", Predictions, () => Bodies.Of("{}"u8.ToArray(), null), 415, "unsupported-media-type", "no content type", "application/json"),
        ["another charset"] = new("POST", Predictions, () => Bodies.Of("{}"u8.ToArray(), "application/json; charset=utf-16"), 415, "unsupported-media-type", "UTF-8"),
        ["labels of an unknown content type"] = new("POST", Labels, () => Bodies.Of("<a/>"u8.ToArray(), "text/xml"), 415, "unsupported-media-type", "text/xml"),
        ["settings of an unknown content type"] = new("PUT", Model, () => Bodies.Of("a: 1"u8.ToArray(), "application/yaml"), 415, "unsupported-media-type", "application/yaml", "application/json"),
        ["an empty batch"] = Post("""{"rows": []}""", Malformed, "rows is empty", "at least one row"),
        ["an empty batch in columns"] = Post("""{"columns": {"features": {}}}""", Malformed, "at least one row"),
        ["an empty batch of NDJSON"] = new("POST", Predictions, () => Bodies.Ndjson("\n\n"), 400, Malformed, "no rows"),
        ["a CSV header without rows"] = new("POST", Predictions, () => Bodies.Csv("age,job\n"), 400, Malformed, "no rows"),

        // Values of the wrong form.
        ["a row nested ten levels deep"] = Post("""{"rows": [{"features": {"age": [[[[[[[[[[1]]]]]]]]]]}}]}""", Malformed, "rows[0].features.age", "8 levels") with { Row = 0 },
        ["a row of ten objects in one another"] = Post(
            """{"rows": [{"features": {"age": {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}]}""", Malformed, "rows[0].features.age", "8 levels") with { Row = 0 },
        ["a number as row"] = Post("""{"rows": [3]}""", Malformed, "rows[0]", "row object", "found a number") with { Row = 0 },
        ["features in an array"] = Post("""{"rows": [{"features": [1]}]}""", Malformed, "rows[0].features", "must be an object", "found an array") with { Row = 0 },
        ["a prediction that is an object"] = Post("""{"rows": [{"prediction": {"a": 1}}]}""", Malformed, "rows[0].prediction", "must be a string, a number", "found an object") with { Row = 0, Field = "rows[0].prediction" },
        ["a label that is an array"] = Post("""{"rows": [{"label": [1]}]}""", Malformed, "rows[0].label", "found an array") with { Row = 0 },
        ["a score that is a string"] = Post("""{"rows": [{"score": "0.5"}]}""", Malformed, "rows[0].score", "must be a number", "found a string") with { Row = 0 },
        ["an id that is an array"] = Post("""{"rows": [{}, {"id": ["a"]}]}""", Malformed, "rows[1].id", "must be a string or an integer", "found an array") with { Row = 1, Field = "rows[1].id" },
        ["an id that is no integer"] = Post("""{"rows": [{"id": 1.5}]}""", Malformed, "rows[0].id", "integer") with { Row = 0 },
        ["an id that is empty"] = Post("""{"rows": [{"id": ""}]}""", Malformed, "rows[0].id", "1 to 200 characters") with { Row = 0 },
        ["an id that is too long"] = Post($$"""{"rows": [{"id": "{{new string('i', 201)}}"}]}""", Malformed, "rows[0].id", "1 to 200 characters") with { Row = 0 },
        ["a time that is none"] = Post("""{"rows": [{"ts": "yesterday"}]}""", Malformed, "rows[0].ts", "RFC 3339", "found 'yesterday'") with { Row = 0, Field = "rows[0].ts" },
        ["a time without offset"] = Post("""{"rows": [{"ts": "2026-01-01T00:00:00"}]}""", Malformed, "rows[0].ts", "with its offset") with { Row = 0 },
        ["a time that is true"] = Post("""{"rows": [{"ts": true}]}""", Malformed, "rows[0].ts", "found true") with { Row = 0 },
        ["year 1"] = Post("""{"rows": [{"ts": "0001-01-01T00:00:00Z", "features": {"age": 1}}]}""", "invalid-timestamp", "ts", "0001-01-01", "must not be earlier than") with { Row = 0, Field = "ts" },
        ["year 3000"] = Post("""{"rows": [{"ts": "3000-01-01T00:00:00Z", "features": {"age": 1}}]}""", "invalid-timestamp", "ts", "3000-01-01", "must not be later than") with { Row = 0, Field = "ts" },
        ["year 10000"] = Post("""{"rows": [{"ts": "10000-01-01T00:00:00Z"}]}""", Malformed, "rows[0].ts", "RFC 3339") with { Row = 0 },
        ["a Unix time beyond all"] = Post("""{"rows": [{"ts": 1e300}]}""", Malformed, "rows[0].ts") with { Row = 0 },
        ["a field given twice"] = Post("""{"rows": [{"prediction": 1, "prediction": 2}]}""", Malformed, "rows[0].prediction", "given twice") with { Row = 0 },
        ["a feature given twice"] = Post("""{"rows": [{"features": {"age": 1, "age": 2}}]}""", Malformed, "rows[0].features.age", "given twice") with { Row = 0 },
        ["a feature given twice, once as null"] = Post("""{"rows": [{"features": {"age": null, "age": 2}}]}""", Malformed, "rows[0].features.age", "given twice") with { Row = 0 },
        ["rows given twice"] = Post("""{"rows": [{}], "rows": [{}]}""", Malformed, "rows is given twice"),
        ["a column given twice"] = Post("""{"columns": {"features": {"age": [1], "age": [2]}}}""", Malformed, "age", "given twice"),
        ["a CSV column given twice"] = new("POST", Predictions, () => Bodies.Csv("age,age\n1,2\n"), 400, Malformed, "age", "twice"),
        ["columns of different lengths"] = Post("""{"columns": {"features": {"age": [1, 2], "job": ["a"]}}}""", Malformed, "columns.features.job", "1 elements", "2"),
        ["a CSV row that is too short"] = new("POST", Predictions, () => Bodies.Csv("age,job\n1,a\n2\n"), 400, Malformed, "line 3", "1 fields", "2") { Row = 1 },
        ["a CSV score that is a text"] = new("POST", Predictions, () => Bodies.Csv("age,score\n1,high\n"), 400, Malformed, "score", "must be a number", "high") { Row = 0 },
        ["a CSV column that is not there"] = new("POST", Predictions + "?csv_label=truth", () => Bodies.Csv("age\n1\n"), 400, Malformed, "truth", "age"),
        ["batch ids that differ"] = Post($$"""{"batch_id": "a", "rows": [{}]}""", "invalid-request", "batch_id", "'a'", "'b'", "must be the same") with { Key = "b", Field = "batch_id" },
        ["an empty batch id"] = Post("""{"rows": [{}]}""", "invalid-request", "Idempotency-Key", "empty") with { Key = " " },
        ["a batch id that is too long"] = Post("""{"rows": [{}]}""", "invalid-request", "Idempotency-Key", "at most 200") with { Key = new string('k', 201) },
        ["a batch id that is a number"] = Post("""{"batch_id": 7, "rows": [{}]}""", Malformed, "batch_id must be a string"),

        // Strict validation.
        ["strict: a text in a numeric column"] = Strict("""{"rows": [{"features": {"age": 1, "job": "a"}}, {"features": {"age": "41", "job": "a"}}]}""", "a text", "must be a number") with { Row = 1, Field = "features.age" },
        ["strict: a column that changes type"] = Strict("""{"rows": [{"features": {"age": "old", "job": "a"}}, {"features": {"age": "young", "job": "a"}}]}""", "a text", "must be a number") with { Row = 0, Field = "features.age" },
        ["strict: a vector in a numeric column"] = Strict("""{"rows": [{"features": {"age": [1, 2], "job": "a"}}]}""", "vector", "must be a number") with { Row = 0, Field = "features.age" },
        ["strict: an object in a column"] = Strict("""{"rows": [{"features": {"age": {"a": 1}, "job": "a"}}]}""", "no usable form", "must be a number") with { Row = 0, Field = "features.age" },
        ["strict: an unknown feature"] = Strict("""{"rows": [{"features": {"age": 1, "job": "a"}}, {"features": {"age": 1, "job": "a", "income": 4}}]}""", "no feature of the model", "age", "job") with { Row = 1, Field = "features.income" },
        ["strict: a feature that is missing"] = Strict("""{"rows": [{"features": {"age": 1}}]}""", "missing in every row") with { Field = "features.job" },
        ["strict: a reference with a text in a numeric column"] =
            Strict("""{"rows": [{"features": {"age": 1, "job": "a"}}, {"features": {"age": "41", "job": "a"}}]}""", "a text", "must be a number") with
            {
                Method = "PUT", Path = "/v1/models/{m}/reference", Row = 1, Field = "features.age",
            },
        ["strict: one row of year 3000"] = Post("""{"rows": [{"features": {"age": 1, "job": "a"}}, {"ts": "3000-01-01T00:00:00Z", "features": {"age": 1, "job": "a"}}]}""", "invalid-timestamp", "Row 1", "must not be later than") with { Row = 1, Field = "ts", Strict = true, NoGhost = true },

        // References.
        ["a reference of one row"] = new("PUT", Reference, () => Bodies.Json("""{"rows": [{"features": {"age": 1}}]}"""), 400, "invalid-request", "1 rows", "min_rows is"),
        ["a reference with everything missing"] = new(
            "PUT", Reference, () => Bodies.Json($"{{\"rows\": [{Bodies.Repeat("{\"features\": {\"age\": null, \"job\": null}},", 600)}{{}}]}}"), 400, "invalid-request", "all cells are missing", "Send rows with values"),
        ["a reference without rows"] = new("PUT", Reference, () => Bodies.Json("""{"rows": []}"""), 400, Malformed, "rows is empty"),
        ["a malformed reference"] = new("PUT", Reference, () => Bodies.Json("""{"rows": ["""), 400, Malformed, "not valid JSON"),
        ["a period from its end to its start"] = new(
            "POST", Reference + "/pin", () => Bodies.Json("""{"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}"""), 400, "invalid-request", "from", "not before 'to'") { Field = "from" },
        ["a period without rows"] = new(
            "POST", Reference + "/pin", () => Bodies.Json("""{"from": "2025-12-01T00:00:00Z", "to": "2025-12-02T00:00:00Z"}"""), 400, "invalid-settings", "min_rows")
        { NoGhost = true, WhileLearning = (409, "conflict", ["still learns"]) },
        ["a period without an end"] = new("POST", Reference + "/pin", () => Bodies.Json("""{"from": "2026-01-02T00:00:00Z"}"""), 400, "invalid-request", "to"),

        // Labels.
        ["malformed labels"] = Label("""{"labels": [{"id": "a", """, "no valid JSON"),
        ["no labels"] = Label("""{"labels": []}""", "labels", "at least one label"),
        ["a label without id"] = Label("""{"labels": [{"id": "a", "label": 1}, {"label": 1}]}""", "Row 1", "'id' is missing") with { Row = 1, Field = "id" },
        ["a label without value"] = Label("""{"labels": [{"id": "a"}]}""", "Row 0", "'label' is missing") with { Row = 0, Field = "label" },
        ["a label that is null"] = Label("""{"labels": [{"id": "a", "label": null}]}""", "Row 0", "'label' must be") with { Row = 0 },
        ["a label that is an object"] = Label("""{"labels": [{"id": "a", "label": {"a": 1}}]}""", "Row 0", "'label' must be") with { Row = 0 },
        ["a label that is NaN"] = Label("""{"labels": [{"id": "a", "label": NaN}]}""", "no valid JSON"),
        ["a label that is 1e400"] = Label("""{"labels": [{"id": "a", "label": 1e400}]}""", "Row 0", "finite number") with { Row = 0 },
        ["a label given twice in one object"] = Label("""{"labels": [{"id": "a", "label": 1, "label": 2}]}""", "Row 0", "given twice") with { Row = 0 },
        ["a label of 1 MB"] = new("POST", Labels, () => Bodies.Json($"{{\"labels\": [{{\"id\": \"a\", \"label\": \"{new string('x', 1 << 20)}\"}}]}}"), 400, Malformed, "Row 0", "65536") { Row = 0 },
        ["labels that are no UTF-8"] = Bytes("""{"labels": [{"id": "\u00ff", "label": 1}]}""", Bodies.JsonType) with { Path = Labels },
        ["CSV labels that are no UTF-8"] = Bytes("id,label\na,\u00ff\n", Bodies.CsvType) with { Path = Labels },
        ["labels with half a surrogate pair"] = Label("""{"labels": [{"id": "\ud800", "label": 1}]}""", "surrogate"),
        ["NDJSON labels with half a surrogate pair"] = new(
            "POST", Labels, () => Bodies.Ndjson("{\"id\": \"a\", \"label\": 1}\n{\"id\": \"b\", \"label\": \"\\ud800\"}"), 400, Malformed, "Row 1", "surrogate") { Row = 1 },
        ["labels whose batch id has half a surrogate pair"] = Label("""{"batch_id": "\ud800", "labels": [{"id": "a", "label": 1}]}""", "surrogate"),
        ["labels whose member's name has half a surrogate pair"] = Label("""{"labels": [{"\ud800": "a", "label": 1}]}""", "surrogate"),
        ["labels with a zero character"] = Label("""{"labels": [{"id": "a\u0000b", "label": 1}]}""", "id", "U+0000") with { Row = 0 },
        ["a label of year 3000"] = new(
            "POST", Labels, () => Bodies.Json("""{"labels": [{"id": "a", "label": 1, "ts": "3000-01-01T00:00:00Z"}]}"""), 400, "invalid-timestamp", "Row 0", "must not be later than") { Row = 0, Field = "ts" },
        ["CSV labels without ids"] = new("POST", Labels, () => Bodies.Csv("label\n1\n"), 400, Malformed, "Row 0", "'id' is missing"),

        // Settings.
        ["settings with an unknown member"] = Put("""{"window": ["1h"]}""", "window", "no known member"),
        ["settings with an unknown member inside"] = Put("""{"reference": {"row": 5}}""", "reference.row", "no known member"),
        ["settings given twice"] = Put("""{"alpha": 0.01, "alpha": 0.02}""", "alpha", "given twice"),
        ["settings with an unknown window"] = Put("""{"windows": ["2h"]}""", "windows", "'2h'", "1h, 24h, 7d, 30d"),
        ["settings with no window"] = Put("""{"windows": []}""", "windows", "1 to 4"),
        ["settings with an epsilon of 0"] = Put("""{"epsilon": 0}""", "epsilon", "above 0"),
        ["settings with an alpha of text"] = Put("""{"alpha": "small"}""", "alpha", "must be a number"),
        ["settings with an alpha of 1e400"] = Put("""{"alpha": 1e400}""", "alpha"),
        ["settings with negative min_rows"] = Put("""{"min_rows": -1}""", "min_rows", "at least 1"),
        ["settings with an unknown type"] = Put("""{"features": {"age": {"type": "number"}}}""", "features.age.type", "numeric, categorical, text, embedding"),
        ["settings with a feature that is null"] = Put("""{"features": {"age": null}}""", "features.age"),
        ["settings with an unknown task"] = Put("""{"task": "clustering"}""", "task", "binary"),
        ["settings with an unknown statistic"] = Put("""{"thresholds": {"tv": [1, 2, 3]}}""", "thresholds.tv", "psi"),
        ["settings with descending thresholds"] = Put("""{"thresholds": {"psi": [0.3, 0.2, 0.1]}}""", "thresholds.psi", "ascending"),
        ["settings with a reference of 0 rows"] = Put("""{"reference": {"rows": 0}}""", "reference.rows", "1 to 1000000"),
        ["settings with a model that is missing"] = Put("""{"reference": {"mode": "model"}}""", "reference.model", "must name the model"),
        ["settings with a model that has no reference"] = new("PUT", Model, () => Bodies.Json("""{"reference": {"mode": "model", "model": "nobody"}}"""), 409, "conflict", "nobody", "no reference"),
        ["settings with nine segments"] = Put("""{"segments": ["a", "b", "c", "d", "e", "f", "g", "h", "i"]}""", "segments", "at most 8"),
        ["settings with a segment that is null"] = Put("""{"segments": [null]}""", "segments"),
        ["settings with hysteresis of 5 of 3"] = Put("""{"hysteresis": {"open_after": 5, "open_of": 3}}""", "hysteresis.open_after"),
        ["settings in an array"] = new("PUT", Model, () => Bodies.Json("[]"), 400, Malformed, "must be an object"),
        ["settings that are null"] = new("PUT", Model, () => Bodies.Json("null"), 400, Malformed, "must be an object"),
        ["settings with half a surrogate pair"] = Put("""{"positive": "\ud800"}""", "positive", "must be a text"),
        ["settings that are no UTF-8"] = Bytes("""{"positive": "\u00ff"}""", Bodies.JsonType) with { Method = "PUT", Path = Model, Type = "invalid-settings", Says = ["positive", "must be a text"] },
        ["settings cut off"] = new("PUT", Model, () => Bodies.Json("""{"alpha": """), 400, Malformed, "no valid JSON"),

        // Routes and queries.
        ["a name with a space"] = Get("/v1/models/a%20b", 400, "invalid-request", "'a b'", "start with a letter or digit"),
        ["a name that starts with a dash"] = new("POST", "/v1/models/-x/predictions", () => Bodies.Json("""{"rows": [{}]}"""), 400, "invalid-request", "'-x'", "A-Z") { NoGhost = true, Field = "model" },
        ["a name with a slash"] = new("POST", "/v1/models/a%2Fb/predictions", () => Bodies.Json("""{"rows": [{}]}"""), 400, "invalid-request", "model") { NoGhost = true },
        ["a name that is too long"] = new("PUT", "/v1/models/" + new string('n', 129), () => Bodies.Json("{}"), 400, "invalid-request", "1 to 128") { NoGhost = true },
        ["a name with an umlaut"] = new("PUT", "/v1/models/m%C3%BCde", () => Bodies.Json("{}"), 400, "invalid-request", "1 to 128") { NoGhost = true },
        ["an unknown window"] = Get("/v1/models/{m}/drift?window=2h", 400, "invalid-request", "window", "'2h'", "1h, 24h, 7d, 30d"),
        ["an unknown window of quality"] = Get("/v1/models/{m}/quality?window=-1h", 400, "invalid-request", "window", "1h, 24h, 7d, 30d"),
        ["negative days"] = Get("/v1/models/{m}/drift/history?days=-1", 400, "invalid-request", "days", "-1", "1 to 365"),
        ["negative days over all models"] = Get("/drift/metrics?days=-7", 400, "invalid-request", "days", "-7", "1 to 365"),
        ["days that are a text"] = Get("/v1/models/{m}/drift/history?days=week", 400, "invalid-request", "days", "week"),
        ["a limit of 0"] = Get("/v1/models/{m}/drift/history?limit=0", 400, "invalid-request", "limit", "1 to 10000"),
        ["verdict=maybe"] = new("POST", Predictions + "?verdict=maybe", () => Bodies.Json("""{"rows": [{}]}"""), 400, "invalid-request", "verdict", "maybe"),
        ["the wrong method"] = new("PUT", Predictions, () => Bodies.Json("""{"rows": [{}]}"""), 405, "method-not-allowed", "PUT", "POST"),
        ["the wrong method for labels"] = new("DELETE", Labels, () => null, 405, "method-not-allowed", "DELETE", "POST"),
        ["an unknown route"] = new("POST", "/v1/models/{m}/prediction", () => Bodies.Json("""{"rows": [{}]}"""), 404, "unknown-route", "/openapi/v1.json"),
        ["an unknown feature"] = Get("/v1/models/{m}/features/income", 404, "not-found", "income", "age") with { WhileLearning = (409, "conflict", ["still learns"]) },
    };

    private static BadCase Post(string json, string type, params string[] says) => new("POST", Predictions, () => Bodies.Json(json), 400, type, says);

    private static BadCase Put(string json, params string[] says) => new("PUT", Model, () => Bodies.Json(json), 400, "invalid-settings", says);

    private static BadCase Label(string json, params string[] says) => new("POST", Labels, () => Bodies.Json(json), 400, Malformed, says);

    private static BadCase Strict(string json, params string[] says) =>
        new("POST", Predictions, () => Bodies.Json(json), 422, "schema-violation", says) { Strict = true, NoGhost = true };

    private static BadCase Get(string path, int status, string type, params string[] says) => new("GET", path, () => null, status, type, says) { NoGhost = true };

    // ÿ in Latin 1 is the byte FF, which UTF-8 never has; \u00ff stands for it.
    private static BadCase Bytes(string text, string media) =>
        new("POST", Predictions, () => Bodies.Of(Encoding.Latin1.GetBytes(text.Replace("\\u00ff", "\u00ff", StringComparison.Ordinal)), media), 400, Malformed);

    private static BadCase Encoded(string encoding, Func<byte[], byte[]> damage, params string[] says) => new(
        "POST",
        Predictions,
        () => Bodies.Of(damage(Encoding.UTF8.GetBytes($"{{\"rows\": [{Sending.Rows(200, 5)}]}}")), encoding: encoding),
        400,
        Malformed,
        says);

    private static string Columns(Func<int, string> column) => string.Join(',', Enumerable.Range(0, 10_000).Select(column));
}
