namespace Drift.Load.Tests;

public sealed class ReceiptTests
{
    [Fact]
    public void A_receipt_is_read()
    {
        Assert.True(Receipt.TryRead("""{"model":"default/m","accepted":1000,"rejected":0,"duplicate":false,"plan":1}"""u8, out var receipt));
        Assert.Equal(new Receipt(1000, false), receipt);
        Assert.True(Receipt.TryRead("""{"accepted": 0, "duplicate": true}"""u8, out receipt));
        Assert.Equal(new Receipt(0, true), receipt);
    }

    [Fact]
    public void Of_a_running_receipt_the_last_line_holds()
    {
        Assert.True(Receipt.TryRead("{\"accepted\":10,\"duplicate\":false}\n{\"accepted\":25,\"duplicate\":false}\n"u8, out var receipt));
        Assert.Equal(25, receipt.Accepted);
    }

    [Fact]
    public void Another_answer_is_none() => Assert.False(Receipt.TryRead("""{"numbers":10}"""u8, out _));
}
