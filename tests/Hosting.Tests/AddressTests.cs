using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Drift.Hosting.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData(null, null, "http://127.0.0.1:8080")]
    [InlineData(null, "", "http://127.0.0.1:8080")]
    [InlineData(null, "http://127.0.0.1:9090", "http://127.0.0.1:9090")]
    [InlineData("http://127.0.0.1:7070", "http://127.0.0.1:9090", "http://127.0.0.1:7070")]
    public void A_host_listens_where_it_is_told_to_and_an_empty_setting_tells_nothing(string? argument, string? setting, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = setting;

        builder.AddDrift(argument, TimeSpan.FromSeconds(1));

        Assert.Equal(expected, builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey));
    }
}
