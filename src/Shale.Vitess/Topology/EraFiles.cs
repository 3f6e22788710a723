using System.Globalization;
using System.Text.Json;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The VSchemas of the past in a data directory: <c>vschema/KEYSPACE/VERSION-CHANGE-SINCE.json</c> (docs/formats/topology.md). The name says all but the VSchema itself, so that
/// listing the directory is enough to know which there are, and a change ends by a rename. Not thread-safe.
/// </summary>
/// <param name="directory">The data directory.</param>
/// <param name="restore">Gives a table its columns, from its CREATE TABLE.</param>
/// <param name="registry">The kinds of vindexes; null for those that Shale has.</param>
internal sealed class EraFiles(string directory, Func<VTable, TableSchema> restore, VindexRegistry? registry)
{
    private const string Folder = "vschema";
    private const string Extension = ".json";

    private string Root => Path.Combine(directory, Folder);

    /// <summary>The eras there are, in no order; what a crash has left half written is not among them.</summary>
    public IReadOnlyList<VSchemaEra> List() => DataFiles.Do(directory, "cannot read", () =>
    {
        var eras = new List<VSchemaEra>();
        if (!Directory.Exists(Root)) return eras;
        foreach (var keyspace in Directory.EnumerateDirectories(Root))
        {
            foreach (var file in Directory.EnumerateFiles(keyspace, "*" + Extension))
            {
                if (TryRead(Uri.UnescapeDataString(Path.GetFileName(keyspace)), Path.GetFileNameWithoutExtension(file)) is { } era) eras.Add(era);
            }
        }

        return eras;
    });

    /// <summary>The VSchema of an era.</summary>
    public VKeyspace Read(VSchemaEra era)
    {
        var path = PathOf(era);
        var text = DataFiles.Do(directory, "cannot read", () => File.ReadAllText(path));
        try
        {
            return TopologyDocument.ReadEra(text, restore, registry).Get(era.Keyspace);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or VitessException)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"{path}, the VSchema of a time in the past, cannot be read: {damage.Message}", hint: "Put a good copy of the file back from a backup.", inner: damage);
        }
    }

    /// <summary>Writes an era.</summary>
    public void Write(VSchemaEra era, VKeyspace schema) => DataFiles.Do(directory, "cannot write", () =>
    {
        var path = PathOf(era);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DataFiles.Replace(path, TopologyDocument.WriteEra(schema));
        DirectorySync.Sync(Root);
        return true;
    });

    /// <summary>Gives an era another end.</summary>
    public void Rename(VSchemaEra era, VSchemaEra ended) => DataFiles.Do(directory, "cannot write", () =>
    {
        File.Move(PathOf(era), PathOf(ended), overwrite: true);
        DirectorySync.Sync(Path.GetDirectoryName(PathOf(ended))!);
        return true;
    });

    /// <summary>Deletes an era.</summary>
    public void Delete(VSchemaEra era) => DataFiles.Do(directory, "cannot write", () =>
    {
        File.Delete(PathOf(era));
        DirectorySync.Sync(Path.GetDirectoryName(PathOf(era))!);
        return true;
    });

    private string PathOf(VSchemaEra era)
    {
        var since = era.Since is { } time ? string.Create(CultureInfo.InvariantCulture, $"-{time.Value:x16}") : "";
        var name = string.Create(CultureInfo.InvariantCulture, $"{era.Version}-{era.Change.Value:x16}{since}{Extension}");
        return Path.Combine(Root, Uri.EscapeDataString(era.Keyspace), name);
    }

    private static VSchemaEra? TryRead(string keyspace, string name)
    {
        var parts = name.Split('-');
        if (parts.Length is not (2 or 3) || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) || !TryTime(parts[1], out var change)) return null;
        if (parts.Length == 2) return new VSchemaEra(keyspace, version, change, null);
        return TryTime(parts[2], out var since) ? new VSchemaEra(keyspace, version, change, since) : null;
    }

    private static bool TryTime(string text, out HlcTimestamp time)
    {
        time = default;
        if (text.Length != 16 || !long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        time = new HlcTimestamp(value);
        return true;
    }
}
