namespace Shale.Vitess;

/// <summary>A sequence may belong to another keyspace than the table it numbers: <c>keyspace.sequence</c>.</summary>
internal static class SequenceName
{
    public static bool TrySplit(string name, out string keyspace, out string sequence)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        keyspace = dot > 0 ? name[..dot] : "";
        sequence = dot > 0 ? name[(dot + 1)..] : name;
        return dot > 0;
    }
}
