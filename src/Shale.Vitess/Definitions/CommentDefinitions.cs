using Shale.Sql;

namespace Shale.Vitess;

/// <summary>COMMENT: what it says is kept in the VSchema, and no shard knows of it.</summary>
internal static class CommentDefinitions
{
    /// <summary>The change. Errors: NOT_FOUND (42P01, 42703, 42704, 3F000, 3D000) for what is not there; QUERY_ERROR (42809) for what is of another kind.</summary>
    public static Func<VSchema, VSchema> Of(CommentStatement comment, GateSession session)
    {
        var (keyspace, path) = Find(comment, session);
        var text = string.IsNullOrEmpty(comment.Text) ? null : comment.Text;
        return vschema => ObjectComments.Set(vschema, keyspace, path, text);
    }

    private static (string Keyspace, string Path) Find(CommentStatement comment, GateSession session)
    {
        var name = comment.Name.Name.Name;
        switch (comment.Kind)
        {
            case "schema":
                var schema = name == "public" ? session.Keyspace : session.Catalog.VSchema.Keyspaces.GetValueOrDefault(name);
                return ((schema ?? throw Missing($"schema \"{name}\" does not exist", "3F000")).Name, ObjectComments.Schema);
            case "database":
                return session.Catalog.VSchema.Keyspaces.TryGetValue(name, out var database) ? (database.Name, ObjectComments.Database) : throw Missing($"database \"{name}\" does not exist", "3D000");
        }

        var keyspace = session.Catalog.KeyspaceOf(comment.Name) ?? throw Missing($"schema \"{comment.Name.Schema!.Name}\" does not exist", "3F000");
        var model = CatalogModel.Of(session.Catalog);
        if (comment.Kind == "index")
        {
            var owner = model.Relations.FirstOrDefault(each => ReferenceEquals(each.Keyspace, keyspace) && each.Indexes.Any(index => index.Name == name));
            if (owner is null && model.Find(keyspace, name) is not null) throw WrongKind(name, "an index");
            return (keyspace.Name, ObjectComments.OfIndex((owner ?? throw Catalog.Unknown(comment.Name)).Name, name));
        }

        var relation = model.Find(keyspace, name) ?? throw session.Catalog.Missing(comment.Name);
        return (keyspace.Name, PathIn(relation, comment));
    }

    private static string PathIn(ModelRelation relation, CommentStatement comment)
    {
        switch (comment.Kind)
        {
            case "column":
                var number = relation.NumberOf(comment.Part!.Name);
                return number > 0 ? ObjectComments.OfColumn(relation.Name, relation.Columns[number - 1].Name) : throw Missing($"column \"{comment.Part.Name}\" of relation \"{relation.Name}\" does not exist", "42703");
            case "constraint":
                return relation.Constraints.Any(each => each.Name == comment.Part!.Name) ? ObjectComments.OfConstraint(relation.Name, comment.Part!.Name)
                    : throw Missing($"constraint \"{comment.Part!.Name}\" for table \"{relation.Name}\" does not exist", "42704");
            default:
                var (kind, word) = comment.Kind switch { "table" => ('r', "a table"), "view" => ('v', "a view"), _ => ('S', "a sequence") };
                return relation.Kind == kind ? ObjectComments.OfRelation(relation.Name) : throw WrongKind(relation.Name, word);
        }
    }

    private static VitessException Missing(string message, string sqlState) => new(ErrorCodes.NotFound, message, sqlState: sqlState);

    private static VitessException WrongKind(string name, string word) => new(ErrorCodes.QueryError, $"\"{name}\" is not {word}", sqlState: "42809");
}
