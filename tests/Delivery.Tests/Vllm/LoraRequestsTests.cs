using Drift.Delivery.Vllm;

namespace Drift.Delivery.Tests.Vllm;

public sealed class LoraRequestsTests
{
    private const string Type = "# TYPE vllm:lora_requests_info gauge\n";

    [Fact]
    public void The_newest_series_is_what_is_now_and_its_labels_are_lists()
    {
        // As vLLM's own developers show it (vllm-project/vllm#13303), with an adapter more.
        var read = LoraRequests.Read(Type + """
            vllm:lora_requests_info{max_lora="1",running_lora_adapters="",waiting_lora_adapters=""} 1.7395575657589855e+09
            vllm:lora_requests_info{max_lora="4",running_lora_adapters="sql-lora, chat",waiting_lora_adapters="test-lora"} 1.7395575723949368e+09
            vllm:lora_requests_info{max_lora="1",running_lora_adapters="test-lora",waiting_lora_adapters="test-lora"} 1.7395575717647147e+09
            """)!;

        Assert.Equal(["chat", "sql-lora"], read.Running);
        Assert.Equal(["test-lora"], read.Waiting);
        Assert.Equal((4, 1739557572), (read.MaxLora, read.At.ToUnixTimeSeconds()));
    }

    [Fact]
    public void Of_several_engines_the_newest_of_each_counts()
    {
        var read = LoraRequests.Read("""
            vllm:lora_requests_info{engine="0",max_lora="4",running_lora_adapters="a",waiting_lora_adapters=""} 1000
            vllm:lora_requests_info{engine="0",max_lora="4",running_lora_adapters="old",waiting_lora_adapters=""} 999
            vllm:lora_requests_info{engine="1",max_lora="4",running_lora_adapters="b",waiting_lora_adapters="a"} 900 1700000000000
            """)!;

        Assert.Equal(["a", "b"], read.Running);
        Assert.Equal(["a"], read.Waiting);
    }

    [Fact]
    public void A_metric_without_series_says_that_nothing_runs_and_a_page_without_it_says_nothing()
    {
        Assert.Empty(LoraRequests.Read(Type)!.Running);
        Assert.Null(LoraRequests.Read("# TYPE vllm:lora_requests_information gauge\nvllm:lora_requests_information{a=\"b\"} 1\n"));
    }

    [Theory]
    [InlineData("vllm:lora_requests_info{lora_name=\"a\",state=\"running\"} 3", "has no label running_lora_adapters or waiting_lora_adapters")]
    [InlineData("vllm:lora_requests_info 3", "has no label running_lora_adapters or waiting_lora_adapters")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters=\"a\",waiting_lora_adapters=\"\"} many", "has a value that is no number")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters=\"a\",waiting_lora_adapters=\"\"} NaN", "has a value that is no number")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters=\"a\",waiting_lora_adapters=\"\"} 1e300", "which is no Unix time")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters=\"a", "has a label without an end")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters", "has a label that cannot be read")]
    [InlineData("vllm:lora_requests_info{running_lora_adapters=\"a\"", "has labels without an end")]
    public void A_changed_form_is_named(string page, string fault) =>
        Assert.Contains(fault, Assert.Throws<FormatException>(() => LoraRequests.Read(page)).Message, StringComparison.Ordinal);

    [Fact]
    public void Escapes_in_names_are_read() =>
        Assert.Equal(["a\"b\\"], LoraRequests.Read("""vllm:lora_requests_info{running_lora_adapters="a\"b\\",waiting_lora_adapters=""} 1""")!.Running);
}
