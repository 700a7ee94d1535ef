using Drift.Actors;

namespace Drift.Grains.Serialization;

/// <summary>A <see cref="DriftException"/> on its way to another silo. Its cause stays behind, in the log of the silo that threw it.</summary>
[GenerateSerializer]
[Alias("drift.exception")]
internal struct DriftExceptionSurrogate
{
    [Id(0)]
    public int Error;

    [Id(1)]
    public string Message;

    [Id(2)]
    public Dictionary<string, string[]>? Fields;
}

[RegisterConverter]
internal sealed class DriftExceptionConverter : IConverter<DriftException, DriftExceptionSurrogate>
{
    public DriftException ConvertFromSurrogate(in DriftExceptionSurrogate surrogate) =>
        new((DriftError)surrogate.Error, surrogate.Message) { Fields = surrogate.Fields };

    public DriftExceptionSurrogate ConvertToSurrogate(in DriftException value) => new()
    {
        Error = (int)value.Error,
        Message = value.Message,
        Fields = value.Fields?.ToDictionary(StringComparer.Ordinal),
    };
}
