using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// <c>information_schema._pg_expandarray</c>, by which JDBC's tools ask for the columns of keys: it gives the elements of an array (x) and their places (n), as rows of two fields. Each field that a statement
/// takes is a function of its own here; where the rows are a query's output from which another takes fields, they are two outputs.
/// </summary>
internal static class ExpandedArrays
{
    private const string Name = "_pg_expandarray";

    /// <summary>Whether a statement calls it.</summary>
    public static bool AreIn(Statement statement) => SqlTree.Any(statement, node => node is FunctionCall call && Is(call));

    /// <summary>The statement without the calls of which fields are taken.</summary>
    public static Statement Replace(Statement statement)
    {
        var taken = SqlTree.All<FieldAccess>(statement).Select(access => access.Operand).OfType<ColumnRef>().Select(column => column.Column.Name);
        var rows = SqlTree.All<SelectItem>(statement).Where(item => item is { Value: FunctionCall call, Alias: not null } && Is(call)).Select(item => item.Alias!.Name);
        return (Statement)new Mapper([.. rows.Intersect(taken)], (statement as SelectStatement)?.Body).Map(statement);
    }

    private static bool Is(FunctionCall call) => call is { Args.Count: 1, Name: { Schema: null or { Name: "information_schema" }, Name.Name: Name } };

    private sealed class Mapper(HashSet<string> rows, QueryBody? outermost) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            var mapped = node.MapChildren(this);
            return (node, mapped) switch
            {
                (_, FieldAccess { Operand: FunctionCall call, FieldName.Name: "x" or "n" } access) when Is(call) => Field(call.Args[0], access.FieldName!.Name),
                (_, FieldAccess { Operand: ColumnRef column, FieldName.Name: "x" or "n" } access) when rows.Contains(column.Column.Name) => column with { Column = Output(column.Column, access.FieldName!.Name) },

                // An output without a name of its own has that of its field.
                (SelectItem { Value: FieldAccess { FieldName: { } field } }, SelectItem { Value: not FieldAccess, Alias: null } item) => item with { Alias = field },
                (SelectCore, SelectCore core) when !ReferenceEquals(node, outermost) => core with { Items = [.. core.Items.SelectMany(Outputs)] },
                _ => mapped,
            };
        }

        private IEnumerable<SelectItem> Outputs(SelectItem item) => item is { Value: FunctionCall call, Alias: { } alias } && Is(call) && rows.Contains(alias.Name)
            ? [new SelectItem(Field(call.Args[0], "x"), Output(alias, "x")), new SelectItem(Field(call.Args[0], "n"), Output(alias, "n"))]
            : [item];

        private static Identifier Output(Identifier alias, string field) => new($"{alias.Name}.{field}", true);

        private static FunctionCall Field(Expr array, string field) => field == "x"
            ? Call("unnest", array)
            : Call("generate_series", new Literal(LiteralKind.Integer, "1"), Call("array_length", array, new Literal(LiteralKind.Integer, "1")));

        private static FunctionCall Call(string name, params ReadOnlySpan<Expr> arguments) => new(new ObjectName(null, new Identifier(name)), NodeList.Create(arguments));
    }
}
