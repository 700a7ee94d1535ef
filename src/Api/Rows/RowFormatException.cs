namespace Drift.Api.Rows;

/// <summary>Carries a fault out of a row reader; never leaves <see cref="RowReaders"/>.</summary>
internal sealed class RowFormatException(RowFault fault) : Exception(fault.Message)
{
    /// <summary>The fault.</summary>
    public RowFault Fault { get; } = fault;
}
