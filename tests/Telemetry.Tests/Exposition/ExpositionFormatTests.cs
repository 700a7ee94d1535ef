using Drift.Telemetry.Exposition;

namespace Drift.Telemetry.Tests.Exposition;

public sealed class ExpositionFormatTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/*", false)]
    [InlineData("application/json", false)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("APPLICATION/OpenMetrics-Text; VERSION=1.0.0", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", true)]
    [InlineData("application/openmetrics-text; version=0.0.1", false)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", true)]
    [InlineData("application/*", true)]
    [InlineData("application/*, text/plain", false)]
    [InlineData("application/openmetrics-text, text/plain", true)]
    [InlineData("text/plain, application/openmetrics-text", true)]
    [InlineData("text/plain, */*", false)]
    [InlineData("application/openmetrics-text, */*", true)]
    [InlineData("text/plain;q=0.9, application/openmetrics-text;q=0.8", false)]
    [InlineData("text/plain;q=0.8, application/openmetrics-text;q=0.9", true)]
    [InlineData("text/plain; q = 0.8 , application/openmetrics-text ; q = 0.9", true)]
    [InlineData("application/openmetrics-text;q=0, */*", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("text/plain;q=0, */*;q=0.1", true)]
    [InlineData("application/openmetrics-text;q=0.2;version=0.0.1, application/openmetrics-text;version=1.0.0;q=0.9, "
        + "text/plain;q=0.5", true)]
    [InlineData("application/openmetrics-text;q=nonsense, text/plain;q=0.1", false)]
    [InlineData("application/openmetrics-text;q=NaN, text/plain;q=0.1", false)]
    [InlineData("application/openmetrics-text;q=2, text/plain;q=0.1", false)]
    [InlineData("application/openmetrics-text;q=-1, text/plain;q=0.1", false)]
    [InlineData("application/openmetrics-text;note=\"a,b;q=0\", text/plain;q=0.5", true)]
    [InlineData(";;,,=;q", false)]
    // What Prometheus 2.42 sends, then Prometheus 3.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    public void The_preferred_format_is_chosen(string? accept, bool openMetrics) =>
        Assert.Same(openMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.PrometheusText, ExpositionFormat.Negotiate(accept));

    [Fact]
    public void The_content_types_are_those_Prometheus_knows()
    {
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", ExpositionFormat.PrometheusText.ContentType);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", ExpositionFormat.OpenMetrics.ContentType);
    }
}
