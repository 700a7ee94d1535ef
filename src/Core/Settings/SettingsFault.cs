namespace Drift.Core.Settings;

/// <summary>One thing that is wrong with settings.</summary>
/// <param name="Field">Path of the field, as in the JSON body.</param>
/// <param name="Message">What it is and what would be right.</param>
public sealed record SettingsFault(string Field, string Message);
