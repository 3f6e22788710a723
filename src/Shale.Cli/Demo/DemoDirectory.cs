namespace Shale.Cli.Demo;

/// <summary>Where the demo's databases are; removed when disposed unless they are to be kept.</summary>
internal sealed class DemoDirectory : IDisposable
{
    private readonly string _root;

    private DemoDirectory(string root, string shards, bool isKept)
    {
        _root = root;
        Shards = shards;
        IsKept = isKept;
        PlainFile = Path.Combine(root, "plain.db");
    }

    /// <summary>The data directory of the shards.</summary>
    public string Shards { get; }

    /// <summary>The plain database.</summary>
    public string PlainFile { get; }

    /// <summary>Whether the shards stay.</summary>
    public bool IsKept { get; }

    /// <summary>Makes a temporary directory. Errors: <see cref="IOException"/> if the one to keep is not empty.</summary>
    /// <param name="keep">Where the shards are to stay; null for nowhere.</param>
    public static DemoDirectory Create(string? keep)
    {
        if (keep is not null && Directory.Exists(keep) && Directory.EnumerateFileSystemEntries(keep).Any())
        {
            throw new IOException($"{keep} is not empty: the demo needs a new or an empty directory");
        }

        var root = Directory.CreateTempSubdirectory("shale-demo-").FullName;
        return new DemoDirectory(root, keep is null ? Path.Combine(root, "shards") : Path.GetFullPath(keep), keep is not null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (IOException)
        {
            // The system empties its temporary directory by itself.
        }
    }
}
