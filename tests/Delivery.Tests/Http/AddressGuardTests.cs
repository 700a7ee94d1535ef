using System.Net;
using Drift.Delivery.Http;

namespace Drift.Delivery.Tests.Http;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("8.8.8.8", null)]
    [InlineData("172.15.255.255", null)]
    [InlineData("172.32.0.1", null)]
    [InlineData("2606:4700::1111", null)]
    [InlineData("64:ff9b::808:808", null)]
    [InlineData("127.0.0.1", "AllowLoopback")]
    [InlineData("127.255.0.1", "AllowLoopback")]
    [InlineData("::1", "AllowLoopback")]
    [InlineData("::ffff:127.0.0.1", "AllowLoopback")]
    [InlineData("64:ff9b::7f00:1", "AllowLoopback")]
    [InlineData("2002:7f00:1::", "AllowLoopback")]
    [InlineData("10.0.0.1", "AllowPrivateAddresses")]
    [InlineData("172.16.0.1", "AllowPrivateAddresses")]
    [InlineData("192.168.1.1", "AllowPrivateAddresses")]
    [InlineData("169.254.169.254", "AllowPrivateAddresses")]
    [InlineData("100.64.0.1", "AllowPrivateAddresses")]
    [InlineData("0.0.0.0", "AllowPrivateAddresses")]
    [InlineData("255.255.255.255", "AllowPrivateAddresses")]
    [InlineData("224.0.0.1", "AllowPrivateAddresses")]
    [InlineData("::", "AllowPrivateAddresses")]
    [InlineData("fd00::1", "AllowPrivateAddresses")]
    [InlineData("fe80::1", "AllowPrivateAddresses")]
    [InlineData("::ffff:10.0.0.1", "AllowPrivateAddresses")]
    [InlineData("64:ff9b::a9fe:a9fe", "AllowPrivateAddresses")]
    public void Addresses_of_the_inside_are_refused_unless_allowed(string address, string? option)
    {
        var refusal = AddressGuard.Refusal(IPAddress.Parse(address), new DeliveryOptions());

        if (option is null)
            Assert.Null(refusal);
        else
            Assert.Contains($"Drift:Delivery:{option} ", refusal, StringComparison.Ordinal);
        Assert.Null(AddressGuard.Refusal(IPAddress.Parse(address), new DeliveryOptions { AllowLoopback = true, AllowPrivateAddresses = true }));
        if (option == "AllowPrivateAddresses")
            Assert.NotNull(AddressGuard.Refusal(IPAddress.Parse(address), new DeliveryOptions { AllowLoopback = true }));
    }
}
