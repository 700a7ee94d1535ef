using Drift.Storage.Tests.Contracts;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests;

public sealed class PostgresJournalTests(PostgresFixture fixture) : JournalContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresActorStateTests(PostgresFixture fixture) : ActorStateContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresPredictionLogTests(PostgresFixture fixture) : PredictionLogContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresHistoryTests(PostgresFixture fixture) : HistoryContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresModelDirectoryTests(PostgresFixture fixture) : ModelDirectoryContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresMigrationTests(PostgresFixture fixture) : MigrationContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresRetentionTests(PostgresFixture fixture) : RetentionContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresGroupCommitTests(PostgresFixture fixture) : GroupCommitContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresOutboxTests(PostgresFixture fixture) : OutboxContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresAlertStoreTests(PostgresFixture fixture) : AlertStoreContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresGpuStoreTests(PostgresFixture fixture) : GpuStoreContract(fixture), IClassFixture<PostgresFixture>;

public sealed class PostgresTriggerStoreTests(PostgresFixture fixture) : TriggerStoreContract(fixture), IClassFixture<PostgresFixture>;
