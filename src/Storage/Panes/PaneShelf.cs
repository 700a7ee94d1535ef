using System.Globalization;
using System.Numerics;
using Drift.Actors;
using Drift.Core.Codec;
using Drift.Core.Windows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Drift.Storage.Panes;

/// <summary>
/// A shelf in one file without a name. Places are of few sizes, each with a list of those that are free, so the file grows to what was needed at
/// most at a time and a quarter more. The operating system keeps in memory what is read often and has room, and writes the rest out. Thread-safe.
/// </summary>
internal sealed partial class PaneShelf : IPaneShelf, IDisposable
{
    // The file grows by so much, and only then is looked how much is free.
    private const long Growth = 1 << 20;

    private readonly string? _folder;
    private readonly PaneShelfOptions _options;
    private readonly StorageInstruments _instruments;
    private readonly ILogger<PaneShelf> _logger;
    private readonly Lock _places = new();
    private readonly Dictionary<int, Stack<long>> _free = [];
    private SafeFileHandle? _file;
    private long _end;
    private long _room;
    private long _used;
    private bool _full;
    private bool _faulty;
    private volatile bool _unreadable;

    public PaneShelf(IOptions<PaneShelfOptions> options, StorageInstruments instruments, ILogger<PaneShelf> logger)
    {
        _options = options.Value;
        _folder = string.IsNullOrEmpty(_options.Folder) ? null : Path.GetFullPath(_options.Folder);
        _instruments = instruments;
        _logger = logger;
        if (_folder is not null)
            _instruments.ObserveShelf(() => Volatile.Read(ref _used), () => Volatile.Read(ref _end));
    }

    /// <inheritdoc/>
    public bool TryPut(ReadOnlySpan<byte> pane, out ShelvedPane shelved)
    {
        shelved = default;
        if (_folder is null || _unreadable || TakePlace(PlaceSize(pane.Length)) is not { } offset)
            return false;
        try
        {
            RandomAccess.Write(_file!, pane, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            FreePlace(offset, PlaceSize(pane.Length));
            Fail(e);
            return false;
        }

        shelved = new ShelvedPane(offset, pane.Length, Checksum.Compute(pane));
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="DriftException"><see cref="DriftError.Unavailable"/>: it cannot be read, or is damaged.</exception>
    public void Read(ShelvedPane shelved, Span<byte> pane)
    {
        Exception? cause = null;
        try
        {
            var read = 0;
            while (read < pane.Length && RandomAccess.Read(_file!, pane[read..], shelved.Offset + read) is > 0 and var count)
                read += count;
            if (read == pane.Length && Checksum.Compute(pane) == shelved.Checksum)
                return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            cause = e;
        }

        // Whatever else lies there may be lost too, and what is put there could be.
        _unreadable = true;
        LogUnreadable(_folder!, cause);
        throw new DriftException(
            DriftError.Unavailable,
            $"A pane of the model could not be read back from the shelf in {_folder}. Nothing is lost: its state is read again from the database. Send the request again.",
            cause);
    }

    /// <inheritdoc/>
    public void Remove(ShelvedPane shelved) => FreePlace(shelved.Offset, PlaceSize(shelved.Length));

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>The size of a pane's place: in eighths of the next power of two, so there are few sizes, and at most a quarter of a place is empty.</summary>
    internal static int PlaceSize(int length)
    {
        var step = Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)length) / 8);
        return (int)Math.Min(Array.MaxLength, ((long)length + step - 1) / step * step);
    }

    private long? TakePlace(int size)
    {
        lock (_places)
        {
            if (_free.TryGetValue(size, out var free) && free.TryPop(out var offset))
            {
                _used += size;
                return offset;
            }

            if (_end + size > _room && !TryGrow(size))
                return null;
            offset = _end;
            _end += size;
            _used += size;
            return offset;
        }
    }

    private void FreePlace(long offset, int size)
    {
        lock (_places)
        {
            _used -= size;
            if (_used == 0)
            {
                // Nothing lies there: it begins anew, whatever sizes are wanted next.
                _free.Clear();
                _end = 0;
                GiveBack();
                return;
            }

            if (!_free.TryGetValue(size, out var free))
                _free.Add(size, free = []);
            free.Push(offset);
        }
    }

    private bool TryGrow(int size)
    {
        var wanted = Math.Max(Growth, size);
        if (_end + wanted > _options.MaxBytes)
            return Full($"its file has {_options.MaxBytes} bytes, as many as {PaneShelfOptions.SectionName}:{nameof(_options.MaxBytes)} lets it have");
        try
        {
            _file ??= Open(_folder!);
            if (FreeBytes(_folder!) < _options.MinFreeBytes + wanted)
                return Full($"less than {PaneShelfOptions.SectionName}:{nameof(_options.MinFreeBytes)} ({_options.MinFreeBytes} bytes) is free there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Fail(e);
            return false;
        }

        _room = _end + wanted;
        _full = _faulty = false;
        return true;
    }

    /// <summary>Gives the disk back what the file took.</summary>
    private void GiveBack()
    {
        try
        {
            RandomAccess.SetLength(_file!, 0);
            _room = 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It keeps its size, and is used again.
        }
    }

    private static SafeFileHandle Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"panes-{Environment.ProcessId}-{Guid.NewGuid():N}.tmp"));
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose | FileOptions.RandomAccess);
        // Where a file may go while it is open, nothing is left of it even after SIGKILL.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    private static long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    // Said once, until there is room again: each pane that is not put there would say it else.
    private bool Full(string why)
    {
        if (!_full)
            LogFull(_folder!, why);
        _full = true;
        return false;
    }

    private void Fail(Exception e)
    {
        if (!_faulty)
            LogFaulty(_folder!, e);
        _faulty = true;
    }

    [LoggerMessage(EventId = StorageEventId.ShelfFull, EventName = nameof(StorageEventId.ShelfFull), Level = LogLevel.Warning, Message = "No more panes go to the shelf in {Folder}: {Why}. They stay in memory, so the host needs more of it. Give it room, or more memory.")]
    private partial void LogFull(string folder, string why);

    [LoggerMessage(EventId = StorageEventId.ShelfFaulty, EventName = nameof(StorageEventId.ShelfFaulty), Level = LogLevel.Warning, Message = "Panes cannot be put on the shelf in {Folder}. They stay in memory, so the host needs more of it. Look at the disk and at the folder's rights.")]
    private partial void LogFaulty(string folder, Exception exception);

    [LoggerMessage(EventId = StorageEventId.ShelfUnreadable, EventName = nameof(StorageEventId.ShelfUnreadable), Level = LogLevel.Error, Message = "A pane could not be read back from the shelf in {Folder}, or is not what was put there. Nothing is lost: the model's state is read again from the database. Until the host is started again panes stay in memory. Look at the disk.")]
    private partial void LogUnreadable(string folder, Exception? exception);
}
