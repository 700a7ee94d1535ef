using System.Text;
using Drift.Telemetry.Exposition;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class LabelWriterTests
{
    [Theory]
    [InlineData("model", "a", true)]
    [InlineData("model", "b", false)]
    [InlineData("del", "a", false)]
    [InlineData("tenant", "x,model=\"b\"", true)]
    [InlineData("x", "b", false)]
    [InlineData("tenant", "x", false)]
    [InlineData("window", "back\\slash", true)]
    [InlineData("zone", "", true)]
    [InlineData("window", "", false)]
    public void A_label_is_found_where_it_stands_and_not_within_the_value_of_another(string name, string value, bool stands)
    {
        var labels = new LabelWriter();
        labels.Write([], [new("tenant", "x,model=\"b\""), new("model", "a"), new("zone", ""), new("window", "back\\slash")], renameBound: false);

        Assert.Equal(stands, LabelWriter.Contains(labels.Text, LabelWriter.Label(name, value)));
    }

    [Fact]
    public void Labels_come_in_one_order_with_the_last_of_each_name_and_writing_them_again_leaves_nothing_of_those_before()
    {
        var labels = new LabelWriter();
        labels.Write([new("z", "1"), new("b", "meter")], [new("empty", ""), new("b", 2), new("a", true)], renameBound: false);
        Assert.Equal("a=\"true\",b=\"2\",empty=\"\",z=\"1\"", Encoding.UTF8.GetString(labels.Text));
        Assert.Equal("a=\"true\",b=\"2\",z=\"1\"", Encoding.UTF8.GetString(labels.Key));

        labels.Write([], [new("le", "ü\n")], renameBound: true);
        Assert.Equal("exported_le=\"ü\\n\"", Encoding.UTF8.GetString(labels.Text));
        Assert.Equal(Encoding.UTF8.GetString(labels.Text), Encoding.UTF8.GetString(labels.Key));

        labels.Write([], [], renameBound: false);
        Assert.True(labels.Text.IsEmpty && labels.Key.IsEmpty);
    }
}
