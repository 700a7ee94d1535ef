using Drift.Actors;
using Drift.Core.Windows;
using Drift.Storage.Panes;
using Drift.Storage.Tests.Support;
using Drift.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests.Panes;

public sealed class PaneShelfTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly StorageInstruments _instruments = new(null);

    public void Dispose()
    {
        _instruments.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_pane_is_read_as_it_was_put_there_whatever_went_and_came_meanwhile()
    {
        using var shelf = Open();
        var random = new Random(1);
        var lie = new List<(ShelvedPane Place, byte[] Bytes)>();
        for (var step = 0; step < 5_000; step++)
        {
            if (lie.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(lie.Count);
                shelf.Remove(lie[at].Place);
                lie.RemoveAt(at);
            }
            else
            {
                var bytes = Pane(random, 1 + (int)Math.Exp(random.NextDouble() * 11));
                Assert.True(shelf.TryPut(bytes, out var place));
                lie.Add((place, bytes));
            }
        }

        foreach (var (place, bytes) in lie)
            Assert.Equal(bytes, Read(shelf, place));
        Assert.Equal(lie.Count, lie.Select(l => l.Place.Offset).Distinct().Count());
    }

    [Fact]
    public void A_place_that_is_free_is_used_again_so_the_file_grows_to_the_most_that_lay_there()
    {
        using var shelf = Open(o => o.MaxBytes = 4 << 20);
        var random = new Random(2);
        var lie = new Queue<ShelvedPane>();
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(shelf.TryPut(Pane(random, 9_000 + random.Next(2_000)), out var place), $"pane {i}");
            lie.Enqueue(place);
            if (lie.Count > 100)
                shelf.Remove(lie.Dequeue());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(513)]
    [InlineData(9_000)]
    [InlineData(1_000_000)]
    public void A_place_is_hardly_larger_than_its_pane(int length) =>
        Assert.InRange(PaneShelf.PlaceSize(length), length, (int)Math.Max(64, length * 1.25));

    [Fact]
    public async Task Many_models_use_it_at_once()
    {
        using var shelf = Open();
        await Parallel.ForAsync(0, 8, (worker, _) =>
        {
            var random = new Random(worker);
            var lie = new Queue<(ShelvedPane Place, byte[] Bytes)>();
            for (var i = 0; i < 2_000; i++)
            {
                var bytes = Pane(random, 600 + random.Next(5_000));
                Assert.True(shelf.TryPut(bytes, out var place));
                lie.Enqueue((place, bytes));
                if (lie.Count < 20)
                    continue;
                var (first, expected) = lie.Dequeue();
                Assert.Equal(expected, Read(shelf, first));
                shelf.Remove(first);
            }

            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Nothing_is_left_of_it_in_the_folder()
    {
        using (var shelf = Open())
        {
            Assert.True(shelf.TryPut(Pane(new Random(3), 1000), out _));
            // Elsewhere a file goes when it is closed.
            if (!OperatingSystem.IsWindows())
                Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_pane_that_is_not_what_was_put_there_is_refused_and_nothing_is_put_there_any_more()
    {
        using var shelf = Open();
        Assert.True(shelf.TryPut(Pane(new Random(4), 1000), out var place));

        var refused = Assert.Throws<DriftException>(() => Read(shelf, place with { Checksum = ~place.Checksum }));

        Assert.Equal(DriftError.Unavailable, refused.Error);
        Assert.Contains("read again from the database", refused.Message, StringComparison.Ordinal);
        Assert.False(shelf.TryPut(Pane(new Random(4), 1000), out _));
    }

    [Fact]
    public void Beyond_its_size_panes_stay_in_memory_and_it_is_said_once()
    {
        var log = new RecordingLogger<PaneShelf>();
        using var shelf = Open(o => o.MaxBytes = 2 << 20, log);
        var random = new Random(5);
        var lie = new List<ShelvedPane>();
        while (shelf.TryPut(Pane(random, 10_000), out var place))
            lie.Add(place);
        Assert.False(shelf.TryPut(Pane(random, 10_000), out _));

        Assert.InRange(lie.Sum(p => (long)p.Length), 1 << 20, 2 << 20);
        Assert.Contains("Drift:PaneShelf:MaxBytes", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
        shelf.Remove(lie[0]);
        Assert.True(shelf.TryPut(Pane(random, 10_000), out _));
    }

    [Fact]
    public void A_disk_that_the_database_may_need_is_left_alone()
    {
        var log = new RecordingLogger<PaneShelf>();
        using var shelf = Open(o => o.MinFreeBytes = 1L << 40, log);

        Assert.False(shelf.TryPut(Pane(new Random(6), 1000), out _));

        Assert.Contains("Drift:PaneShelf:MinFreeBytes", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_told_once_and_panes_stay_in_memory()
    {
        var log = new RecordingLogger<PaneShelf>();
        File.WriteAllText(_folder["file"], "");
        using var shelf = Open(o => o.Folder = _folder["file"], log);

        Assert.False(shelf.TryPut(Pane(new Random(7), 1000), out _));
        Assert.False(shelf.TryPut(Pane(new Random(7), 1000), out _));

        Assert.Contains(_folder["file"], Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_folder_panes_stay_in_memory()
    {
        using var shelf = Open(o => o.Folder = null);

        Assert.False(shelf.TryPut(Pane(new Random(8), 1000), out _));
    }

    [Fact]
    public void Its_options_are_read_from_their_section_and_checked()
    {
        Assert.Equal((null, 17_179_869_184, 1_073_741_824), Bind([]));
        Assert.Equal(
            ("/panes", 2_097_152, 0),
            Bind(new() { ["Drift:PaneShelf:Folder"] = "/panes", ["Drift:PaneShelf:MaxBytes"] = "2097152", ["Drift:PaneShelf:MinFreeBytes"] = "0" }));

        var failure = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["Drift:PaneShelf:MaxBytes"] = "7", ["Drift:PaneShelf:MinFreeBytes"] = "-1" }));

        Assert.Equal(
            ["Drift:PaneShelf:MaxBytes must be from 1048576 to 1099511627776, but is 7.", "Drift:PaneShelf:MinFreeBytes must be from 0 to 1099511627776, but is -1."],
            failure.Failures);
    }

    private PaneShelf Open(Action<PaneShelfOptions>? configure = null, ILogger<PaneShelf>? log = null)
    {
        var options = new PaneShelfOptions { Folder = _folder.Path, MinFreeBytes = 0 };
        configure?.Invoke(options);
        return new PaneShelf(Options.Create(options), _instruments, log ?? new RecordingLogger<PaneShelf>());
    }

    private static byte[] Pane(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Read(PaneShelf shelf, ShelvedPane place)
    {
        var bytes = new byte[place.Length];
        shelf.Read(place, bytes);
        return bytes;
    }

    private static (string? Folder, long MaxBytes, long MinFreeBytes) Bind(Dictionary<string, string?> settings)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDriftSqlite("unused.db")
            .BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<PaneShelfOptions>>().Value;
        return (options.Folder, options.MaxBytes, options.MinFreeBytes);
    }
}
