using Drift.Api.Auth;

namespace Drift.Api.Tests.Auth;

public sealed class BindingGuardTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080/")]
    [InlineData("https://[::1]:8443")]
    [InlineData("http://127.8.9.10")]
    [InlineData("http://unix:/run/drift.sock")]
    [InlineData("http://127.0.0.1:8080;http://localhost:8081")]
    public void Without_keys_this_machine_may_be_served(string url) => Assert.Null(BindingGuard.Check([url], keysConfigured: false));

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://10.0.0.7:8080")]
    [InlineData("http://drift.example:8080")]
    [InlineData("http://127.0.0.1:8080;http://0.0.0.0:8081")]
    public void Without_keys_the_network_may_not_be_served_and_the_message_says_how_to_configure_one(string url)
    {
        var message = BindingGuard.Check(["http://127.0.0.1:1", url], keysConfigured: false);
        Assert.Contains("Drift__ApiKeys__0__Key=", message, StringComparison.Ordinal);
        Assert.DoesNotContain("http://127.0.0.1:1 ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_keys_anything_may_be_served() => Assert.Null(BindingGuard.Check(["http://0.0.0.0:8080"], keysConfigured: true));
}
