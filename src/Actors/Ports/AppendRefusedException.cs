namespace Drift.Actors.Ports;

/// <summary>An append that was refused before anything of it was written: too much waits, or the host is stopping.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class AppendRefusedException(string message) : DriftException(DriftError.Unavailable, message);
