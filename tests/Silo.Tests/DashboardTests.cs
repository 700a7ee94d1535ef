using System.Net;
using System.Text;
using Drift.Silo.Tests.Support;
using Drift.Support;

namespace Drift.Silo.Tests;

[Collection(nameof(SiloProcess))]
public sealed class DashboardTests
{
    private const string Reader = "reader-0123456789abcdef0123456789abcdef";
    private const string Admin = "admin-0123456789abcdef0123456789abcdef";

    private static readonly Dictionary<string, string> Keys = new()
    {
        ["Drift__ApiKeys__0__Key"] = Reader,
        ["Drift__ApiKeys__0__Tenant"] = "default",
        ["Drift__ApiKeys__0__Scopes__0"] = "Read",
        ["Drift__ApiKeys__1__Key"] = Admin,
        ["Drift__ApiKeys__1__Tenant"] = "default",
        ["Drift__ApiKeys__1__Scopes__0"] = "Admin",
    };

    [PostgresFact]
    public async Task Orleans_dashboard_is_for_admins_only()
    {
        await using var cluster = await SiloCluster.StartAsync(1, Keys);
        var silo = cluster.Silos[0];

        foreach (var path in (string[])["orleans/", "orleans/index.min.js", "orleans/DashboardCounters"])
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await silo.StatusAsync(path)));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await silo.StatusAsync(path, Reader)));
            Assert.Equal((path, HttpStatusCode.OK), (path, await silo.StatusAsync(path, Admin)));
        }
    }

    [PostgresFact]
    public async Task A_browser_is_asked_for_a_password_on_Orleans_dashboard_alone_and_the_password_is_an_admins_key()
    {
        await using var cluster = await SiloCluster.StartAsync(1, Keys);

        var asked = await AskAsync(cluster, HttpMethod.Get, "orleans/", password: null);
        Assert.Equal((HttpStatusCode.Unauthorized, true), (asked.Status, asked.Challenges.Contains("Basic")));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(cluster, HttpMethod.Get, "orleans/", Admin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(cluster, HttpMethod.Get, "orleans/DashboardCounters", Admin)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(cluster, HttpMethod.Get, "orleans/", Reader)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(cluster, HttpMethod.Get, "orleans/", Admin + "x")).Status);
        // What a browser remembers must not change anything, nor open the API.
        Assert.NotEqual(HttpStatusCode.OK, (await AskAsync(cluster, HttpMethod.Post, "orleans/", Admin)).Status);
        var api = await AskAsync(cluster, HttpMethod.Get, "v1/models", Admin);
        Assert.Equal((HttpStatusCode.Unauthorized, false), (api.Status, api.Challenges.Contains("Basic")));
    }

    private static async Task<(HttpStatusCode Status, IReadOnlyList<string> Challenges)> AskAsync(SiloCluster cluster, HttpMethod method, string path, string? password)
    {
        using var request = new HttpRequestMessage(method, new Uri(cluster.Silos[0].Address, path));
        if (password is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{password}")));
        using var answer = await cluster.Client.SendAsync(request);
        return (answer.StatusCode, [.. answer.Headers.WwwAuthenticate.Select(c => c.Scheme)]);
    }
}
