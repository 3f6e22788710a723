using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Definitions as PostgreSQL's <c>pg_get_…def</c> functions write them.</summary>
internal static class DefinitionTexts
{
    /// <summary>CREATE INDEX.</summary>
    public static string Index(ModelRelation table, ModelIndex index, bool pretty)
    {
        var name = pretty ? table.Schema.Written(table.Name) : table.Schema.Qualified(table.Name);
        var parts = index.Parts.Select(part => (pretty ? part.Text.Pretty : part.Text.Exact) + Order(part));
        var included = index.Included.Count == 0 ? "" : $" INCLUDE ({string.Join(", ", index.Included.Select(column => Names.Quote(table.Columns[column - 1].Name)))})";
        var where = index.Predicate is not { } predicate ? "" : " WHERE " + (pretty ? predicate.Pretty : predicate.Exact);
        return $"CREATE {(index.Unique ? "UNIQUE " : "")}INDEX {Names.Quote(index.Name)} ON {name} USING btree ({string.Join(", ", parts)}){included}{where}";
    }

    /// <summary>A constraint as it stands behind CONSTRAINT name.</summary>
    public static string Constraint(ModelRelation table, ModelConstraint constraint, bool pretty) => Rule(table, constraint, pretty) + (constraint.NotValid ? " NOT VALID" : "");

    private static string Rule(ModelRelation table, ModelConstraint constraint, bool pretty) => constraint.Kind switch
    {
        'p' => $"PRIMARY KEY ({Columns(table, constraint.Columns)})",
        'u' => $"UNIQUE ({Columns(table, constraint.Columns)})",
        'f' => ForeignKey(table, constraint),
        _ => pretty ? $"CHECK ({constraint.Condition.Pretty})" : $"CHECK ({constraint.Condition.Exact})",
    };

    /// <summary>A view's query.</summary>
    public static string View(ModelRelation view)
    {
        var definition = (CreateViewStatement)SqlParser.Parse(view.View!.CreateSql, view.View.Dialect);
        var query = view.Schema.IsVisible ? definition.Query : TableUses.Map(definition.Query, view.View.Dialect, (use, isCommon) => isCommon || use.Name.Schema is not null ? use : Located(use, view.Schema));
        return $" {SqlPrinter.Print(query, view.View.Dialect)};";
    }

    // Its columns are named behind the table's name, which stays.
    private static TableRef Located(TableRef use, ModelSchema schema) => use with { Name = use.Name with { Schema = new Identifier(schema.Name) }, Alias = use.Alias ?? use.Name.Name };

    private static string Order(ModelIndexPart part) => part.Descending ? part.NullsFirst ? " DESC" : " DESC NULLS LAST" : part.NullsFirst ? " NULLS FIRST" : "";

    private static string ForeignKey(ModelRelation table, ModelConstraint constraint)
    {
        var parent = constraint.Parent!;
        return $"FOREIGN KEY ({Columns(table, constraint.Columns)}) REFERENCES {parent.Schema.Written(parent.Name)}({Columns(parent, constraint.ParentColumns)}){Action("UPDATE", constraint.ForeignKey!.OnUpdate)}{Action("DELETE", constraint.ForeignKey.OnDelete)}"
            + (constraint.Deferral.Deferrable ? " DEFERRABLE" : "") + (constraint.Deferral.Deferred ? " INITIALLY DEFERRED" : "");
    }

    private static string Action(string of, string written) => written is "" or "no action" ? "" : $" ON {of} {written.ToUpperInvariant()}";

    private static string Columns(ModelRelation relation, IEnumerable<int> numbers) => string.Join(", ", numbers.Select(number => Names.Quote(relation.Columns[number - 1].Name)));
}
