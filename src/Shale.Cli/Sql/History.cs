namespace Shale.Cli.Sql;

/// <summary>What was typed before, kept in a file of the user's own. A file that cannot be read or written is done without.</summary>
internal sealed class History
{
    private const int MaxEntries = 1000;

    private readonly string? _path;
    private readonly List<string> _entries = [];

    /// <summary>History in a file; null for none.</summary>
    public History(string? path)
    {
        _path = path;
        try
        {
            if (path is not null && File.Exists(path)) _entries.AddRange(File.ReadLines(path).TakeLast(MaxEntries));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _path = null;
        }
    }

    /// <summary>The entries, oldest first.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>The file of this user: <c>$XDG_STATE_HOME/shale/sql_history</c>.</summary>
    public static string? DefaultPath()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (home.Length == 0) return null;
            state = Path.Combine(home, ".local", "state");
        }
        return Path.Combine(state, "shale", "sql_history");
    }

    /// <summary>Adds a line, unless it repeats the last one or is blank, and keeps it.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (_entries.Count > 0 && _entries[^1] == line)) return;
        _entries.Add(line);
        if (_entries.Count > MaxEntries) _entries.RemoveAt(0);
        if (_path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            File.WriteAllLines(_path, _entries);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The prompt works without.
        }
    }
}
