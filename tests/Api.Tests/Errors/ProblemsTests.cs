using System.Diagnostics;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Tests.Support;
using Drift.Support;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Tests.Errors;

public sealed class ProblemsTests
{
    [Theory]
    [InlineData(DriftError.Invalid, 400, "invalid-request")]
    [InlineData(DriftError.NotFound, 404, "not-found")]
    [InlineData(DriftError.Conflict, 409, "conflict")]
    [InlineData(DriftError.SchemaViolation, 422, "schema-violation")]
    [InlineData(DriftError.Unavailable, 503, "unavailable")]
    public async Task What_an_actor_refuses_becomes_a_problem_with_its_message(DriftError error, int status, string slug)
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Failure = new DriftException(error, "It says why.") { Fields = error == DriftError.Conflict ? new Dictionary<string, string[]> { ["from"] = ["is late"] } : null };
        var reply = await host.GetAsync("/v1/models/credit");
        var problem = reply.Problem(status, slug);
        Assert.Equal("It says why.", problem.GetProperty("detail").GetString());
        Assert.Equal(error == DriftError.Conflict, problem.TryGetProperty("errors", out _));
        Assert.Equal(status == 503, reply.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task An_unexpected_failure_tells_nothing_of_itself()
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Failure = new InvalidOperationException("password=hunter2");
        var reply = await host.GetAsync("/v1/models/credit");
        reply.Problem(500, "internal");
        Assert.DoesNotContain("hunter2", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperation", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("not a trace", "request-7")]
    public void A_problem_names_the_trace_of_its_caller_though_nobody_listens_to_traces_here(string traceParent, string expected)
    {
        Assert.Null(Activity.Current);
        var http = new DefaultHttpContext { TraceIdentifier = "request-7" };
        http.Request.Headers.TraceParent = traceParent;
        Assert.Equal(expected, Problems.TraceIdOf(http));
    }

    [Fact]
    public async Task A_timeout_says_that_the_outcome_is_unknown()
    {
        await using var host = await ApiHost.StartAsync();
        host.Engine.Failure = new TimeoutException();
        Assert.Contains("unknown", (await host.GetAsync("/v1/models/credit")).Problem(504, "timeout").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_and_methods_that_do_not_exist_are_problems_too()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.GetAsync("/no/such")).Problem(404, "unknown-route");
        var reply = await host.PostAsync("/v1/models/credit/performance", "{}");
        Assert.Contains("GET", reply.Problem(405, "method-not-allowed").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_has_its_entry_in_the_page_of_errors()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));
        Assert.All(ErrorKind.All, kind => Assert.Contains($"`{kind.Type}` ({kind.Status})", page, StringComparison.Ordinal));
        Assert.Equal(ErrorKind.All.Count, ErrorKind.All.Select(k => k.Slug).Distinct().Count());
    }
}
