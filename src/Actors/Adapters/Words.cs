using System.Text.Json;
using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>States and commands as the API names them.</summary>
internal static class Words
{
    public static string Of(AdapterState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    public static string Of(AdapterCommand command) => JsonNamingPolicy.SnakeCaseLower.ConvertName(command.ToString());

    public static string Of(AdapterRole role) => JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString());

    public static string Of(AdapterPhase phase) => phase.Role is { } role ? $"{Of(phase.State)} as {Of(role)}" : Of(phase.State);
}
