using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>What COMMENT has said of things in a keyspace, by paths of names: <c>relation/NAME</c>, <c>column/RELATION/NAME</c>, <c>index/TABLE/NAME</c>, <c>constraint/TABLE/NAME</c>, <c>schema</c>, <c>database</c>.</summary>
internal static class ObjectComments
{
    public const string Schema = "schema";

    public const string Database = "database";

    public static string OfRelation(string name) => $"relation/{Part(name)}";

    public static string OfColumn(string relation, string column) => $"column/{Part(relation)}/{Part(column)}";

    public static string OfIndex(string table, string index) => $"index/{Part(table)}/{Part(index)}";

    public static string OfConstraint(string table, string constraint) => $"constraint/{Part(table)}/{Part(constraint)}";

    /// <summary>The VSchema with another text at a path; null for none.</summary>
    public static VSchema Set(VSchema schema, string keyspace, string path, string? text)
    {
        var old = schema.Get(keyspace);
        return schema.WithKeyspace(old with { Comments = text is null ? old.Comments.Remove(path) : old.Comments.SetItem(path, text) });
    }

    /// <summary>The keyspace without what was said of things that are not there any more.</summary>
    public static VKeyspace Pruned(VKeyspace keyspace) => keyspace.Comments.IsEmpty ? keyspace
        : keyspace with { Comments = keyspace.Comments.RemoveRange(keyspace.Comments.Keys.Where(path => !IsThere(path.Split('/'), keyspace))) };

    /// <summary>What was said of a relation, after it has got another name.</summary>
    public static ImmutableSortedDictionary<string, string> Renamed(ImmutableSortedDictionary<string, string> comments, string relation, string newName)
    {
        foreach (var (path, text) in comments)
        {
            var parts = path.Split('/');
            if (parts.Length < 2 || !VSchemaNames.Comparer.Equals(parts[1], Part(relation))) continue;
            parts[1] = Part(newName);
            comments = comments.Remove(path).SetItem(string.Join('/', parts), text);
        }

        return comments;
    }

    private static bool IsThere(string[] path, VKeyspace keyspace)
    {
        if (path.Length < 2) return true;
        var relation = Name(path[1]);
        if (path.Length == 2) return keyspace.HasRelation(relation);
        if (keyspace.FindTable(relation) is not { Schema: { } columns } table) return path[0] == "column" && keyspace.Views.ContainsKey(relation);
        var name = Name(path[2]);
        bool Is(string other) => VSchemaNames.Comparer.Equals(other, name);
        var keys = Enumerable.Range(0, columns.Keys.Count).Select(key => ModelKeys.KeyName(table, key));
        return path[0] switch
        {
            "column" => columns.Columns.Any(column => Is(column.Name)),
            "index" => keys.Any(Is) || table.Indexes.Any(index => Is(index.Name)),
            _ => keys.Any(Is) || Enumerable.Range(0, columns.ForeignKeys.Count).Any(key => Is(ModelKeys.ForeignKeyName(table, key))) || ModelChecks.Of(table).Any(check => Is(check.Name)),
        };
    }

    private static string Part(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    private static string Name(string part) => part.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
}
