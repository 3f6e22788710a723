using Shale.PageLog;

namespace Shale.Engines;

/// <summary>How a <see cref="SqliteEngine"/> keeps its database.</summary>
public sealed record SqliteEngineOptions
{
    /// <summary>
    /// The database file, or with <see cref="HasHistory"/> the directory of the log; made if there is none. Null: a private database in memory or a temporary file, gone when the engine is disposed.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>Whether the database lies on a page log, where every commit is a version, rather than in a plain file. Default false.</summary>
    public bool HasHistory { get; init; }

    /// <summary>How the page log is kept: its clock, its retention, its files. Whether it waits for the disk says <see cref="Durable"/>.</summary>
    public PageStoreOptions Log { get; init; } = new();

    /// <summary>What a page log is written through, by its directory; null for the machine's own file system.</summary>
    internal Func<string, IDisk>? Disk { get; init; }

    /// <summary>Whether a commit waits for the disk. Default true; false is for data that can be made anew. A private database never waits.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How much memory each connection may use for pages, in KiB. Default 4096.</summary>
    public int CacheKib { get; init; } = 4096;

    /// <summary>How many prepared statements each connection keeps. Default 128.</summary>
    public int CachedStatements { get; init; } = 128;

    /// <summary>How large the database may grow, in pages of 4 KiB; beyond that writes fail with SHARD_ERROR (53100). Default 0: no limit but the disk.</summary>
    public int MaxPages { get; init; }

    /// <summary>How many scratch databases wait for their next use. Default 8; further ones are closed when they are returned.</summary>
    public int IdleScratches { get; init; } = 8;
}
