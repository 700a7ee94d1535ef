using System.Net;
using Drift.Silo.Tests.Support;
using Drift.Support;

namespace Drift.Silo.Tests;

[Collection(nameof(SiloProcess))]
public sealed class DashboardTests
{
    private const string Reader = "reader-0123456789abcdef0123456789abcdef";
    private const string Admin = "admin-0123456789abcdef0123456789abcdef";

    [PostgresFact]
    public async Task Orleans_dashboard_is_for_admins_only()
    {
        await using var cluster = await SiloCluster.StartAsync(1, new()
        {
            ["Drift__ApiKeys__0__Key"] = Reader,
            ["Drift__ApiKeys__0__Tenant"] = "default",
            ["Drift__ApiKeys__0__Scopes__0"] = "Read",
            ["Drift__ApiKeys__1__Key"] = Admin,
            ["Drift__ApiKeys__1__Tenant"] = "default",
            ["Drift__ApiKeys__1__Scopes__0"] = "Admin",
        });
        var silo = cluster.Silos[0];

        foreach (var path in (string[])["orleans/", "orleans/index.min.js", "orleans/DashboardCounters"])
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await silo.StatusAsync(path)));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await silo.StatusAsync(path, Reader)));
            Assert.Equal((path, HttpStatusCode.OK), (path, await silo.StatusAsync(path, Admin)));
        }
    }
}
