namespace Drift.Standalone.Commands;

/// <summary>A command cannot do what it was asked; the message is for the person at the terminal, the exit code is 2.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException);
