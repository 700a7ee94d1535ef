using System.Text;
using Drift.Core.Rows;
using Drift.Standalone.Replay;

namespace Drift.Standalone.Tests.Replay;

public sealed class RowFormattingTests
{
    [Theory]
    [InlineData(nameof(SendFormat.Json), """{"features":{"a":1},"adapter":"v1","latency_ms":12.5,"tokens":{"prompt":120,"completion":40},"cache":"hit"},{"features":{"a":2},"cache":"miss"}""")]
    [InlineData(nameof(SendFormat.Csv), "features.a,adapter,latency_ms,tokens.prompt,tokens.completion,cache\n1,v1,12.5,120,40,hit\n2,,,,,miss\n")]
    public void How_rows_were_served_is_sent_on(string format, string expected)
    {
        var rows = new RowBatch();
        for (var row = 0; row < 2; row++)
            rows.Feature("a").SetNumber(rows.AddRow(), row + 1);
        rows.Serving.Adapter.SetText(0, rows.Texts.Add("v1"));
        rows.Serving.LatencyMs.SetNumber(0, 12.5);
        rows.Serving.PromptTokens.SetNumber(0, 120);
        rows.Serving.CompletionTokens.SetNumber(0, 40);
        rows.Serving.SetCache(0, "hit"u8);
        rows.Serving.SetCache(1, "miss"u8);

        var sent = new RowFormatting(Enum.Parse<SendFormat>(format), new HashSet<string>(), keepTimes: false).Write(rows, 0, rows.Count);

        Assert.Contains(expected, Encoding.UTF8.GetString(sent.Body.Span), StringComparison.Ordinal);
    }
}
