using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Drift.Support;

/// <summary>
/// A real PostgreSQL of its own on a free loopback port, durable as PostgreSQL is by default. It ends with the test process, whatever
/// ends that. Use <see cref="Shared"/> with a database per test class; start one of your own only to kill it.
/// Started as root, it runs as <c>postgres</c> (or <c>nobody</c>), because PostgreSQL refuses root.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>What to install where there is no PostgreSQL.</summary>
    internal const string Missing = "needs PostgreSQL: apt-get install postgresql (Debian, Ubuntu) or brew install postgresql@16 (macOS)";

    private const string User = "drift";
    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgresServer>> LazyShared = new(() => StartNewAsync());
    private static int _databases;

    private readonly string _binaries;
    private readonly string _password = RandomNumberGenerator.GetHexString(24);
    private readonly TempDirectory _folder;
    private readonly string[] _options;
    private GuardedProcess? _process;

    private PostgresServer(string binaries, TempDirectory folder, string[] options)
    {
        _binaries = binaries;
        _folder = folder;
        _options = options;
    }

    /// <summary>Whether PostgreSQL's binaries are on this machine.</summary>
    public static bool IsAvailable => FindBinaries() is not null;

    /// <summary>The server that all test classes of an assembly share; started when first asked for, ended with the process.</summary>
    public static Task<PostgresServer> Shared => LazyShared.Value;

    /// <summary>The port it listens on; a restart keeps it.</summary>
    public int Port { get; private set; }

    /// <summary>The connection string of the maintenance database, for a superuser.</summary>
    public string ConnectionString => ConnectionStringOf("postgres");

    /// <summary>Whether the postmaster runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts a server of its own.</summary>
    /// <param name="durable">False turns <c>fsync</c> off: faster, and still safe against killed processes, but not to be measured.</param>
    /// <param name="settings">Server settings as <c>name=value</c>, e.g. <c>max_connections=20</c>.</param>
    public static Task<PostgresServer> StartNewAsync(bool durable = true, params string[] settings) =>
        StartNewAsync(new TempDirectory("drift-postgres-"), durable ? settings : ["fsync=off", .. settings]);

    /// <summary>Starts a server of its own whose data lie below a folder, as on a disk of their own.</summary>
    /// <param name="parent">An existing folder that everybody may enter.</param>
    /// <param name="settings">Server settings as <c>name=value</c>.</param>
    public static Task<PostgresServer> StartNewAsync(string parent, params string[] settings) =>
        StartNewAsync(TempDirectory.In(parent, "drift-postgres-"), settings);

    private static async Task<PostgresServer> StartNewAsync(TempDirectory folder, string[] settings)
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException($"This test {Missing}.");
        var server = new PostgresServer(binaries, folder, settings);
        try
        {
            await server.InitializeAsync();
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(Unpooled("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionStringOf(name);
    }

    /// <summary>Kills the postmaster (<c>SIGKILL</c>), as a crash would; the data stay for <see cref="StartAsync"/>.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Shuts the server down in order, cutting off its clients; the data stay for <see cref="StartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
            return;

        await _process.SignalAsync("INT");
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts the server again on the same port and data, recovering from a crash, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        if (IsRunning)
            return;

        // After a crash the old backends hold shared memory until they notice; until then the postmaster refuses to start.
        await Eventually.Async(TryStartAsync, StartLimit, "PostgreSQL starts again on its data");
    }

    /// <summary>Ends the server and removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();

        _folder.Dispose();
    }

    private static string? FindBinaries() => Executables.FindFolder("initdb", "postgres");

    private async Task InitializeAsync()
    {
        var passwordFile = _folder["password"];
        await File.WriteAllTextAsync(passwordFile, _password);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "-R", await SystemUserAsync(), _folder.Path);

        var initdb = await AsUserAsync(
            Path.Combine(_binaries, "initdb"), "-D", _folder["data"], "-U", User, "--auth=scram-sha-256", $"--pwfile={passwordFile}",
            "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions");
        await RunAsync(initdb);
        File.Delete(passwordFile);
    }

    private async Task StartOnFreePortAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort.Next();
            if (await TryStartAsync())
                return;

            if (attempt == Attempts)
                throw new InvalidOperationException($"PostgreSQL does not start. The end of its log:\n{_process?.LogTail()}");
        }
    }

    private async Task<bool> TryStartAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();

        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            $"unix_socket_directories={_folder.Path}",
            "timezone=UTC",
            .. _options,
        ];
        var command = await AsUserAsync(
            [Path.Combine(_binaries, "postgres"), "-D", _folder["data"], .. settings.SelectMany(s => (string[])["-c", s])]);
        // QUIT ends it at once, as a crash would, but lets it wait for its children.
        _process = await GuardedProcess.StartAsync(command, _folder["log"], _folder.Path, stopSignal: "QUIT");

        var ready = false;
        await Eventually.Async(
            async () =>
            {
                if (_process.HasExited)
                    return true;

                await using var connection = new NpgsqlConnection(Unpooled("postgres"));
                await connection.OpenAsync();
                return ready = true;
            },
            StartLimit,
            "PostgreSQL takes connections");
        return ready;
    }

    private string ConnectionStringOf(string database) => Builder(database).ConnectionString;

    private string Unpooled(string database)
    {
        var builder = Builder(database);
        builder.Pooling = false;
        return builder.ConnectionString;
    }

    private NpgsqlConnectionStringBuilder Builder(string database) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = User,
        Password = _password,
        Database = database,
        MaxPoolSize = 20,
        IncludeErrorDetail = true,
    };

    private static async Task<string[]> AsUserAsync(params string[] command)
        => Environment.IsPrivilegedProcess
            ? Executables.Find("setpriv") is { } setpriv
                ? [setpriv, $"--reuid={await SystemUserAsync()}", $"--regid={await SystemUserAsync()}", "--clear-groups", .. command]
                : ["runuser", "-u", await SystemUserAsync(), "--", .. command]
            : command;

    private static async Task<string> SystemUserAsync()
    {
        var users = await File.ReadAllLinesAsync("/etc/passwd");
        return users.Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
    }

    private static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {error}");
    }
}
