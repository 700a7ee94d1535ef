using Drift.Telemetry.Exposition;
using Microsoft.Extensions.Logging;

namespace Drift.Telemetry.Tests.Exposition;

internal sealed class ListLogger : ILogger<MetricRegistry>
{
    public List<string> Messages { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Messages)
            Messages.Add(formatter(state, exception));
    }
}
