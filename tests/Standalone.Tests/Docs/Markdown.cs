using Drift.Support;

namespace Drift.Standalone.Tests.Docs;

/// <summary>Reads what tests need of Markdown: tables under a heading and fenced blocks.</summary>
internal static class Markdown
{
    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>The cells of the first table under a heading, without its head.</summary>
    public static List<string[]> Table(string page, string heading)
    {
        var lines = page.Split('\n');
        var at = Array.FindIndex(lines, l => l.StartsWith('#') && l.TrimStart('#').Trim() == heading);
        Assert.True(at >= 0, $"There is no heading '{heading}'.");
        var table = lines.Skip(at + 1).SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|')).ToList();
        Assert.True(table.Count > 2, $"There is no table under '{heading}'.");
        return [.. table.Skip(2).Select(l => l.Trim().Trim('|').Split(" | ").Select(c => c.Trim()).ToArray())];
    }

    /// <summary>The fenced blocks in order: language, text, and the line of the page where each begins.</summary>
    public static List<(string Language, string Text, int Line)> Blocks(string page)
    {
        var blocks = new List<(string, string, int)>();
        var lines = page.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            var begin = i;
            var text = new List<string>();
            for (i++; !lines[i].StartsWith("```", StringComparison.Ordinal); i++)
                text.Add(lines[i]);
            blocks.Add((lines[begin][3..].Trim(), string.Join('\n', text), begin + 1));
        }

        return blocks;
    }
}
