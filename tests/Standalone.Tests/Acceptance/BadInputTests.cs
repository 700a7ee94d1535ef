using System.Net.Sockets;
using System.Text;
using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>
/// What is wrong is refused, the answer says where and what would be right, nothing changes, and the next good batch counts exactly:
/// while the model learns and while it monitors.
/// </summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in BadCases.All.Keys)
        {
            data.Add("learning", name);
            data.Add("monitoring", name);
        }

        return data;
    }

    private DriftServer Server => fixture.Server;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Bad_input_is_refused_and_changes_nothing(string state, string name)
    {
        var bad = BadCases.All[name];
        var model = $"{(bad.Strict ? "strict" : "lenient")}-{state}";
        Server.Errors.Entries.Clear();
        var before = await Server.SnapshotAsync(model);
        var allocated = GC.GetTotalAllocatedBytes();

        var answer = await SendAsync(bad, model);

        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Assert.True(allocated < 512L << 20, $"{allocated >> 20} MiB were allocated");
        var (status, type, says) = state == "learning" && bad.WhileLearning is { } other ? other : (bad.Status, bad.Type, bad.Says);
        RequireProblem(answer, status, type, says);
        if (bad.Row is { } row)
            Assert.Equal(row, answer["row"].GetInt32());
        if (bad.Field is { } field)
            Assert.True(answer["errors"].TryGetProperty(field, out _), answer.Text);
        Assert.Equal(before, await Server.SnapshotAsync(model));

        if (!bad.NoGhost && bad.Path.Contains("{m}", StringComparison.Ordinal))
        {
            Assert.InRange((await SendAsync(bad, "ghost")).Status, 400, 499);
            (await Server.GetAsync("/v1/models/ghost")).Expect(404);
            Assert.Equal(before, await Server.SnapshotAsync(model));
        }

        await RequireAGoodBatchCountsAsync(model);
    }

    [Theory]
    [InlineData("learning")]
    [InlineData("monitoring")]
    public async Task A_connection_that_closes_amid_the_body_leaves_nothing(string state)
    {
        var model = $"lenient-{state}";
        var before = await Server.SnapshotAsync(model);
        var body = $"{{\"rows\": [{Sending.Rows(100, 3)}]}}";
        foreach (var head in (string[])[$"Content-Length: {body.Length}\r\n\r\n", $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Server.Address.Host, Server.Address.Port);
            var request = $"POST /v1/models/{model}/predictions HTTP/1.1\r\nHost: {Server.Address.Authority}\r\nContent-Type: application/json\r\n{head}{body[..^20]}";
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            // Half-closed, so that the server's answer, if it gives one, is the sign that it is done with the request.
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.DoesNotContain("200 OK", await ReadToEndAsync(stream), StringComparison.Ordinal);
        }

        Assert.Equal(before, await Server.SnapshotAsync(model));
        await RequireAGoodBatchCountsAsync(model);
    }

    [Fact]
    public async Task Requests_for_a_model_that_nobody_made_are_answered_with_what_to_do()
    {
        foreach (var path in (string[])["", "/drift", "/drift/history", "/reference", "/performance", "/quality", "/segments", "/features/age", "/events"])
            RequireProblem(await Server.GetAsync($"/v1/models/nobody{path}"), 404, "not-found", "default/nobody", "POST predictions");
        RequireProblem(await Server.PostAsync("/v1/models/nobody/labels", Bodies.Json("""{"labels": [{"id": "a", "label": 1}]}""")), 404, "not-found", "default/nobody");
        RequireProblem(await Server.SendAsync(HttpMethod.Delete, "/v1/models/nobody"), 404, "not-found", "default/nobody");
        RequireProblem(await Server.PostAsync("/v1/models/nobody/drift/check", null), 404, "not-found", "default/nobody");
    }

    // The server may as well cut the connection.
    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream);
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<Answer> SendAsync(BadCase bad, string model) =>
        Server.SendAsync(HttpMethod.Parse(bad.Method), bad.Path.Replace("{m}", model, StringComparison.Ordinal), bad.Body(), bad.Key);

    private async Task RequireAGoodBatchCountsAsync(string model)
    {
        var rows = await Server.RowsAsync(model);
        var receipt = (await Server.PostAsync($"/v1/models/{model}/predictions", Sending.Batch(3, 7))).Expect(200);
        Assert.Equal(3, receipt["accepted"].GetInt32());
        Assert.Equal(rows + 3, await Server.RowsAsync(model));
        Assert.Empty(Server.Errors.Entries);
    }

    private static void RequireProblem(Answer answer, int status, string type, params string[] says)
    {
        answer.Expect(status);
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal($"urn:drift:error:{type}", answer["type"].GetString());
        Assert.Equal(status, answer["status"].GetInt32());
        var detail = answer["detail"].GetString()!;
        Assert.InRange(detail.Length, 10, 1000);
        Assert.All(says, s => Assert.Contains(s, detail, StringComparison.Ordinal));
    }

    /// <summary>One server for all cases: each leaves it as the next one finds it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private DriftServer? _server;

        internal DriftServer Server => _server!;

        public async Task InitializeAsync()
        {
            _server = await DriftServer.StartAsync(new FakeClock());
            foreach (var validation in (string[])["lenient", "strict"])
            {
                foreach (var state in (string[])["learning", "monitoring"])
                {
                    var model = $"{validation}-{state}";
                    (await Server.PutAsync($"/v1/models/{model}", Bodies.Json(
                        $$$"""{"validation": "{{{validation}}}", "features": {"age": {"type": "numeric"}, "job": {"type": "categorical"}}, "min_rows": 20, "windows": ["1h", "7d"]}"""))).Expect(200);
                    if (state == "monitoring")
                        (await Server.PutAsync($"/v1/models/{model}/reference", Sending.Batch(300, 1))).Expect(200);
                    (await Server.PostAsync($"/v1/models/{model}/predictions", Sending.Batch(40, 2, ids: true))).Expect(200);
                    Assert.Equal(state, (await Server.GetAsync($"/v1/models/{model}"))["status"].GetString());
                }
            }
        }

        public async Task DisposeAsync()
        {
            if (_server is not null)
                await _server.DisposeAsync();
        }
    }
}
