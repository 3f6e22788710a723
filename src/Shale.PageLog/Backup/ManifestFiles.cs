using System.Globalization;

namespace Shale.PageLog;

/// <summary>The manifests of a directory of backups, one numbered file for each: KIND-00000001.json and so on. Each is there whole, or not at all; the newest counts.</summary>
/// <param name="disk">The directory.</param>
/// <param name="kind">What their names begin with.</param>
public sealed class ManifestFiles(IDisk disk, string kind)
{
    private const string Suffix = ".json";
    private readonly string _prefix = kind + "-";
    private readonly string _unfinished = kind + ".tmp";

    /// <summary>Their numbers, from 1 on, newest first.</summary>
    public IReadOnlyList<int> Numbers => [.. disk.List().Select(NumberOf).Where(number => number > 0).OrderDescending()];

    /// <summary>The name of a manifest's file.</summary>
    public string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number:D8}{Suffix}");

    /// <summary>Whether a file is one of them, or the directory's lock, or what was never finished.</summary>
    public bool IsOwn(string name) => name == LocalDisk.LockName || name == _unfinished || NumberOf(name) > 0;

    /// <summary>The bytes of a manifest that is there.</summary>
    public ReadOnlyMemory<byte> Read(int number)
    {
        using var file = disk.Open(NameOf(number));
        var bytes = new byte[file.Length];
        return bytes.AsMemory(0, file.Read(0, bytes));
    }

    /// <summary>Writes one, durably: all at once, or not at all. What it names must be durable.</summary>
    public void Write(int number, ReadOnlySpan<byte> bytes)
    {
        DeleteUnfinished();
        using (var file = disk.Create(_unfinished))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        disk.Rename(_unfinished, NameOf(number));
        disk.SyncDirectory();
    }

    /// <summary>Removes all but one, durably: else a crash could bring back one whose files are gone.</summary>
    public void DeleteAllBut(int kept)
    {
        foreach (var number in Numbers.Where(number => number != kept)) disk.Delete(NameOf(number));
        disk.SyncDirectory();
    }

    /// <summary>Removes what an interrupted write has left.</summary>
    public void DeleteUnfinished() => disk.Delete(_unfinished);

    // 0 for other files.
    private int NumberOf(string name) => name.StartsWith(_prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > _prefix.Length + Suffix.Length
        && int.TryParse(name.AsSpan(_prefix.Length, name.Length - _prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
