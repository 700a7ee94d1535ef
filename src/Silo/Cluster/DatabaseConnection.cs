namespace Drift.Silo.Cluster;

/// <summary>Where a silo's database is: <c>ConnectionStrings:Drift</c>, or the content of the file that <c>ConnectionStrings:DriftFile</c> names.</summary>
/// <param name="Text">The connection string; empty when there is a fault.</param>
/// <param name="Fault">What is wrong, for the operator; null when nothing is.</param>
internal sealed record DatabaseConnection(string Text, string? Fault)
{
    private const string Key = "ConnectionStrings:Drift";
    private const string FileKey = "ConnectionStrings:DriftFile";

    /// <summary>Reads it. Never throws, so that all faults are told together.</summary>
    public static DatabaseConnection Read(IConfiguration configuration)
    {
        var text = configuration[Key];
        var file = configuration[FileKey];
        if (string.IsNullOrWhiteSpace(file))
        {
            return string.IsNullOrWhiteSpace(text)
                ? Wrong($"{Key} is missing: a silo needs PostgreSQL. Set ConnectionStrings__Drift, or ConnectionStrings__DriftFile to a file that holds the connection string.")
                : Checked(text, Key);
        }

        if (!string.IsNullOrWhiteSpace(text))
            return Wrong($"{Key} and {FileKey} are both set; set one.");
        try
        {
            return Checked(File.ReadAllText(file).Trim(), $"the file '{file}' of {FileKey}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Wrong($"{FileKey} is '{file}', which cannot be read: {e.Message}");
        }
    }

    private static DatabaseConnection Checked(string text, string where)
    {
        try
        {
            var settings = new Npgsql.NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(settings.Host) ? Wrong($"{where} names no Host.") : new DatabaseConnection(text, null);
        }
        catch (ArgumentException e)
        {
            return Wrong($"{where} cannot be read as a connection string: {e.Message}");
        }
    }

    private static DatabaseConnection Wrong(string fault) => new("", fault);
}
