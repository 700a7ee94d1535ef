using System.Text;

namespace Drift.Load;

/// <summary>The memory figures as Markdown, written as they come.</summary>
internal sealed class MemoryReport
{
    private readonly StringBuilder _text = new();

    public MemoryReport(string machine)
    {
        _text.AppendLine("# Memory and restart").AppendLine();
        _text.AppendLine("Saved by `make bench-memory SAVE=…`. The Release host on SQLite as a process of its own; the load runs on the same machine.");
        _text.AppendLine("How to read the columns: benchmarks/README.md.").AppendLine();
        _text.AppendLine(machine);
    }

    public string Markdown => _text.ToString();

    /// <summary>Whether every load's counts were exact.</summary>
    public bool Exact { get; private set; } = true;

    public void Table(string title, string note, string header)
    {
        _text.AppendLine().AppendLine($"## {title}").AppendLine().AppendLine(note).AppendLine().AppendLine(header);
        _text.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", header.Count(c => c == '|') - 2))}");
    }

    public void Row(string row)
    {
        _text.AppendLine(row);
        Console.Error.WriteLine(row);
    }

    public void Note(string note)
    {
        _text.AppendLine().AppendLine(note);
        Console.Error.WriteLine(note);
    }

    /// <summary>Takes a load in: its counts must be exact.</summary>
    public LoadResult Checked(LoadResult result)
    {
        Exact &= result.Exact;
        return result;
    }

    public static string MiB(long bytes) => $"{bytes / (1024.0 * 1024):N1} MiB";

    public static string KiB(long bytes) => $"{bytes / 1024.0:N1} KiB";
}
