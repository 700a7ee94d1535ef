using System.Diagnostics.Metrics;
using Drift.Actors.Ports;
using Drift.Core.Windows;
using Drift.Storage.Journal;
using Drift.Storage.Panes;
using Drift.Storage.Postgres;
using Drift.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Storage;

/// <summary>
/// Registers the ports (<see cref="IActorStateStore"/>, <see cref="IJournal"/>, <see cref="IPredictionLog"/>, <see cref="IHistory"/>,
/// <see cref="IModelDirectory"/>, <see cref="IAlertStore"/>, <see cref="IOutbox"/>, <see cref="IGpuStore"/>, <see cref="ITriggerStore"/>,
/// <see cref="ITrainingStore"/>, <see cref="IActorWakes"/>, <see cref="IAdapterStore"/>), the <see cref="IPaneShelf"/> with <see cref="IMigrator"/>, <see cref="IRetention"/> and the service that runs it, and
/// <see cref="IStorageHealth"/>, all singletons. The journal wants asynchronous disposal: it writes what waits. One database per process. Nothing is opened before it is used, and nothing migrates by itself.
/// </summary>
public static class DriftStorageServices
{
    /// <summary>Keeps everything in one SQLite file, created with its folder when first used.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="path">The file, on a local disk: SQLite's write-ahead log does not work over a network.</param>
    public static IServiceCollection AddDriftSqlite(this IServiceCollection services, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        services.AddSingleton(_ => new SqliteDatabase(path));
        services.AddSingleton<IActorStateStore, SqliteActorStateStore>();
        services.AddSingleton<IGroupJournal, SqliteJournal>();
        services.AddSingleton<IPredictionLog, SqlitePredictionLog>();
        services.AddSingleton<IHistory, SqliteHistory>();
        services.AddSingleton<IModelDirectory, SqliteModelDirectory>();
        services.AddSingleton<IAlertStore, SqliteAlertStore>();
        services.AddSingleton<IOutbox, SqliteOutbox>();
        services.AddSingleton<IGpuStore, SqliteGpuStore>();
        services.AddSingleton<ITriggerStore, SqliteTriggerStore>();
        services.AddSingleton<ITrainingStore, SqliteTrainingStore>();
        services.AddSingleton<IActorWakes, SqliteActorWakes>();
        services.AddSingleton<IAdapterStore, SqliteAdapterStore>();
        services.AddSingleton<IMigrator, SqliteMigrator>();
        services.AddSingleton<IStorageHealth, SqliteHealth>();
        services.AddSingleton<IExpiry, SqliteExpiry>();
        return services.AddGroupCommit().AddPaneShelf().AddRetention();
    }

    /// <summary>Keeps everything in a PostgreSQL database, 13 or later. Also registers the one <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="connectionString">
    /// An Npgsql connection string. Where it does not say, the application name is <c>drift</c>, the pool holds at most 50 connections,
    /// statements prepare themselves, connections are used again as they are, and idle ones are kept alive.
    /// </param>
    public static IServiceCollection AddDriftPostgres(this IServiceCollection services, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        services.AddSingleton(provider => PostgresDatabase.CreateDataSource(connectionString, provider.GetService<ILoggerFactory>()));
        services.AddSingleton<PostgresDatabase>();
        services.AddSingleton<PredictionDays>();
        services.AddSingleton<IActorStateStore, PostgresActorStateStore>();
        services.AddSingleton<IGroupJournal, PostgresJournal>();
        services.AddSingleton<IPredictionLog, PostgresPredictionLog>();
        services.AddSingleton<IHistory, PostgresHistory>();
        services.AddSingleton<IModelDirectory, PostgresModelDirectory>();
        services.AddSingleton(PostgresMigrationSet.Drift);
        services.AddSingleton<IAlertStore, PostgresAlertStore>();
        services.AddSingleton<IOutbox, PostgresOutbox>();
        services.AddSingleton<IGpuStore, PostgresGpuStore>();
        services.AddSingleton<ITriggerStore, PostgresTriggerStore>();
        services.AddSingleton<ITrainingStore, PostgresTrainingStore>();
        services.AddSingleton<IActorWakes, PostgresActorWakes>();
        services.AddSingleton<IAdapterStore, PostgresAdapterStore>();
        services.AddSingleton<IMigrator, PostgresMigrator>();
        services.AddSingleton<IStorageHealth, PostgresHealth>();
        services.AddSingleton<IExpiry, PostgresExpiry>();
        return services.AddGroupCommit().AddPaneShelf().AddRetention();
    }

    /// <summary>Lets <see cref="IMigrator"/> keep the tables and statements of Orleans too; after <see cref="AddDriftPostgres"/>.</summary>
    public static IServiceCollection AddClusterTables(this IServiceCollection services) => services.AddSingleton(PostgresMigrationSet.Cluster);

    private static IServiceCollection AddGroupCommit(this IServiceCollection services)
    {
        services.AddOptions<JournalOptions>().BindConfiguration(JournalOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JournalOptions>, JournalOptionsValidator>();
        services.AddSingleton(provider => new StorageInstruments(provider.GetService<IMeterFactory>()));
        return services.AddSingleton<IJournal, GroupCommitJournal>();
    }

    private static IServiceCollection AddPaneShelf(this IServiceCollection services)
    {
        services.AddOptions<PaneShelfOptions>().BindConfiguration(PaneShelfOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PaneShelfOptions>, PaneShelfOptionsValidator>();
        return services.AddSingleton<IPaneShelf, PaneShelf>();
    }

    private static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>();
        services.AddSingleton<IRetention, Retention>();
        services.AddHostedService<RetentionService>();
        return services;
    }
}
