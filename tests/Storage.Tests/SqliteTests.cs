using Drift.Storage.Tests.Contracts;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests;

public sealed class SqliteJournalTests(SqliteFixture fixture) : JournalContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteActorStateTests(SqliteFixture fixture) : ActorStateContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqlitePredictionLogTests(SqliteFixture fixture) : PredictionLogContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteHistoryTests(SqliteFixture fixture) : HistoryContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteModelDirectoryTests(SqliteFixture fixture) : ModelDirectoryContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteMigrationTests(SqliteFixture fixture) : MigrationContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteRetentionTests(SqliteFixture fixture) : RetentionContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteGroupCommitTests(SqliteFixture fixture) : GroupCommitContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteOutboxTests(SqliteFixture fixture) : OutboxContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteAlertStoreTests(SqliteFixture fixture) : AlertStoreContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteGpuStoreTests(SqliteFixture fixture) : GpuStoreContract(fixture), IClassFixture<SqliteFixture>;

public sealed class SqliteTriggerStoreTests(SqliteFixture fixture) : TriggerStoreContract(fixture), IClassFixture<SqliteFixture>;
