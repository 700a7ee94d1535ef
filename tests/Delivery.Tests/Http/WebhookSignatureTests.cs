using System.Text;
using Drift.Delivery.Http;

namespace Drift.Delivery.Tests.Http;

public sealed class WebhookSignatureTests
{
    // The reference vector of the Standard Webhooks libraries.
    [Fact]
    public void A_signature_is_that_of_Standard_Webhooks()
    {
        var key = WebhookSignature.KeyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

        var signature = WebhookSignature.Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void A_secret_is_text_or_Base64_behind_its_prefix()
    {
        Assert.Equal(Encoding.UTF8.GetBytes("größe"), WebhookSignature.KeyOf("größe"));
        Assert.Equal([1, 2, 3], WebhookSignature.KeyOf("whsec_AQID"));
        Assert.Null(WebhookSignature.KeyOf("whsec_!"));
    }
}
