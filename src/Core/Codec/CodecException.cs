namespace Drift.Core.Codec;

/// <summary>
/// The only exception a decoder of this project throws: the bytes are damaged, cut short, of another kind, or of a version
/// that this build does not know. The message names what was being read and what was found.
/// </summary>
public sealed class CodecException : Exception
{
    /// <summary>Creates the exception with a message for the person who has to find the damaged bytes.</summary>
    public CodecException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception without a message of its own.</summary>
    public CodecException()
    {
    }

    /// <summary>Creates the exception with the exception that caused it.</summary>
    public CodecException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
