using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A topology in one file, <c>topology.json</c> of a data directory, and the VSchemas of the past in files beside it, for clusters of one process. Each file is replaced as a
/// whole and is either the old one or the new one after a crash. The directory is held by a lock for as long as the topology is open.
/// </summary>
public sealed class FileTopology : MemoryTopology
{
    private readonly ITopologyFile _file;

    private FileTopology(ITopologyFile file, TopologyState state, EraFiles? eras)
        : base(state, eras) => _file = file;

    /// <summary>Opens the topology of a data directory, which is made if it does not exist.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="registry">The kinds of vindexes; null for those that Shale has. A stored VSchema that has others is refused.</param>
    /// <exception cref="VitessException">SHARD_ERROR: 55006 if another process holds the directory, 58030 if the disk fails;
    /// INVALID_VSCHEMA if the file is damaged or of a newer version.</exception>
    public static FileTopology Open(string directory, VindexRegistry? registry = null) =>
        Open(new TopologyFile(directory), TableRestorer.Restore, registry, new EraFiles(Path.GetFullPath(directory), TableRestorer.Restore, registry));

    internal static FileTopology Open(ITopologyFile file, Func<VTable, TableSchema> restore, VindexRegistry? registry = null, EraFiles? eras = null)
    {
        try
        {
            return new FileTopology(file, file.Read() is { } text ? TopologyDocument.Read(text, restore, registry) : TopologyState.Empty, eras);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private protected override void Store(TopologyState state) => _file.Replace(TopologyDocument.Write(state));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
