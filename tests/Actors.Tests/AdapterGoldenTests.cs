using System.Text;
using Drift.Actors.Adapters;
using Drift.Actors.Alerts;
using Drift.Core.Adapters;
using Drift.Core.Detection;
using Drift.Support;

namespace Drift.Actors.Tests;

/// <summary>
/// The snapshot of LoRA versions of format 1, kept in <c>Golden/</c>: every later build must read it. After a deliberate change of the format
/// <c>DRIFT_WRITE_GOLDEN=1 dotnet test</c> writes it anew; once released, add a version instead.
/// </summary>
public sealed class AdapterGoldenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void The_snapshot_of_version_1_is_still_read_and_written()
    {
        var built = new CatalogSnapshot
        {
            Sequence = 17,
            Policy = new AdapterPolicy { Automatic = false, PromoteWhen = CanaryVerdict.Better, MaxDuration = TimeSpan.FromHours(36) },
            Versions =
            [
                new AdapterVersion
                {
                    Version = "v2",
                    Model = "support",
                    LoraName = "support-v2",
                    Deployer = "vllm",
                    ArtifactUri = "s3://bucket/v2",
                    Training = new AdapterTraining { TrainingJobId = "run-2", Rank = 16, Alpha = 32, ValidationLoss = 0.4 },
                    Metadata = new Dictionary<string, string> { ["data"] = "tickets" },
                    Fingerprint = "f",
                    State = AdapterState.Serving,
                    Role = AdapterRole.Canary,
                    CreatedAt = Now,
                    DeployedAt = Now.AddMinutes(1),
                    UpdatedAt = Now.AddMinutes(2),
                    Sequence = 17,
                    Message = "said so",
                    Replaced = "v1",
                    WasTrained = true,
                    IsLoaded = true,
                    Deployment = new PendingDeployment { Id = "d", Loads = true },
                    ReturnsWhenUnloaded = true,
                    Share = 0.1,
                    Canary = new CanaryTrack { Champion = "v1", Since = Now, CanaryArm = new ArmTrack { Epoch = "e", SeenSamples = 5, SeenCorrect = 4 }, ChampionArm = new ArmTrack { Epoch = "e", BaseSamples = 9, BaseCorrect = 8, SeenSamples = 12, SeenCorrect = 10, CarriedSamples = 2, CarriedCorrect = 1 } },
                    CanaryStatus = new CanaryStatus { Champion = "v1", Since = Now, Samples = 5, Verdict = CanaryVerdict.NotWorse },
                    Alert = new Alert { Id = "a", Tenant = "default", Kind = AlertKind.Adapter, Severity = Severity.Moderate, OpenedAt = Now },
                    AlertTold = true,
                    Requests = ["r-1", "r-2"],
                },
            ],
        };
        var path = Path.Combine(Repository.Root, "tests", "Actors.Tests", "Golden", "adapters-v1.json");
        if (Environment.GetEnvironmentVariable("DRIFT_WRITE_GOLDEN") == "1")
            File.WriteAllBytes(path, built.Encode());

        var read = CatalogSnapshot.Decode(File.ReadAllBytes(path));

        Assert.Equal(Encoding.UTF8.GetString(built.Encode()), Encoding.UTF8.GetString(read.Encode()));
        var version = Assert.Single(read.Versions);
        Assert.Equal(new CanaryArm(5, 3), version.Canary!.ChampionArm.Counts);
        Assert.Equal((AdapterState.Serving, AdapterRole.Canary, true, "r-2"), (version.State, version.Role, version.Deployment!.Loads, version.Requests[1]));
    }

    [Fact]
    public void A_later_format_is_refused_and_not_misread() =>
        Assert.Throws<System.Text.Json.JsonException>(() => CatalogSnapshot.Decode("""{"Format": 2}"""u8));

    // A set of versions that was stored without a member that came later has its default.
    [Fact]
    public void Members_that_are_absent_have_their_defaults()
    {
        var version = Assert.Single(CatalogSnapshot.Decode("""{"Versions": [{"Version": "v1"}]}"""u8).Versions);
        Assert.Equal(("none", 0, 0), (version.Deployer, version.Metadata.Count, version.Requests.Count));
        Assert.NotNull(version.Training);
    }
}
