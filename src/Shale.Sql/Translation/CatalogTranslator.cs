using System.Collections.Concurrent;

namespace Shale.Sql;

/// <summary>Writes what asks PostgreSQL's catalog as expressions over the tables that the gate fills: functions with a body, and oids that are written as names.</summary>
internal static class CatalogTranslator
{
    private static readonly ConcurrentDictionary<string, Expr> Bodies = new(StringComparer.Ordinal);

    /// <summary>A function's body with its arguments in their places.</summary>
    public static Expr Inlined(string body, params IReadOnlyList<Expr> arguments)
    {
        var parsed = Bodies.GetOrAdd(body, static text => SqlParser.ParseExpression(text, SqlDialect.Sqlite));
        return (Expr)new Arguments(arguments).Map(parsed);
    }

    /// <summary>The number of what a text names; 42P01, 42704, 42883 or 3F000 where the statement runs if there is nothing of that name. Digits are the number itself.</summary>
    public static Expr OidOf(Expr text, SqlTypeKind kind)
    {
        if (text is Literal { Kind: LiteralKind.String } literal && long.TryParse(literal.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var oid) && oid <= uint.MaxValue) return SqlBuild.Integer(oid);
        if (kind == SqlTypeKind.Regprocedure)
            return Inlined("shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = 'procedure' AND shale_n.name = replace(replace(lower(?1), ' ', ''), 'pg_catalog.', '')), 'procedure')", text);
        if (kind == SqlTypeKind.Regtype && text is Literal { Kind: LiteralKind.String } known && CatalogType.OidOf(known.Text) is { } type) return SqlBuild.Integer(type);
        return kind == SqlTypeKind.Regtype
            ? Inlined($"shale_reg_oid(?1, {CatalogFunctionList.TypeOid}, 'type')", text)
            : Inlined($"shale_reg_oid(?1, (SELECT shale_n.oid FROM pg_catalog.shale_name shale_n WHERE shale_n.kind = '{Word(kind)}' AND shale_n.name = shale_reg_name(?1)), '{Word(kind)}')", text);
    }

    /// <summary>The name of what an oid is the number of; the number itself if there is no such thing, - for 0.</summary>
    public static Expr NameOf(Expr oid, SqlTypeKind kind) => kind switch
    {
        // Of what the catalog need not be asked for a statement stays one that any shard can run.
        SqlTypeKind.Regtype when oid is Literal { Kind: LiteralKind.Integer, Text: var digits } && long.TryParse(digits, out var number) && CatalogType.NameOf(number) is { } name => SqlBuild.Text(name),
        SqlTypeKind.Regtype => Inlined($"coalesce({CatalogFunctionList.TypeName}, CAST(?1 AS text))", oid, SqlBuild.Null),
        _ => Inlined($"shale_reg_text(?1, (SELECT shale_s.text FROM pg_catalog.shale_text shale_s WHERE shale_s.kind = '{Word(kind)}' AND shale_s.oid = ?1))", oid),
    };

    /// <summary>The types that columns are held in where they leave the statement: oids with names have become texts, and vectors of the catalog are written as such. Null where there are none of either.</summary>
    public static IReadOnlyList<SqlType>? Written(IReadOnlyList<OutputColumn> outputs)
    {
        var sent = CatalogColumns.Sent(outputs);
        return ReferenceEquals(sent, outputs) && !outputs.Any(output => IsWritten(output.Type)) ? null
            : [.. sent.Select(output => IsWritten(output.Type) ? new SqlType(SqlTypeKind.Text) : output.Type)];
    }

    private static bool IsWritten(SqlType type) => TypeRules.IsReg(type.Kind) && !type.IsArray;

    // regclass is of pg_class: class.
    private static string Word(SqlTypeKind kind) => kind.ToString()[3..].ToLowerInvariant();

    private sealed class Arguments(IReadOnlyList<Expr> arguments) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            if (node is Parameter { Index: var index }) return arguments[index - 1];
            var mapped = node.MapChildren(this);
            return mapped is FunctionCall { Name.Name.Name: "shale_reg_oid", Args: [FunctionCall { Name.Name.Name: "shale_reg_text" } name, _, Literal { Text: var kind }] } && IsOfKind(name.Args[1], kind)
                ? name.Args[0] : mapped;
        }

        // The number of what a number is the name of is that number; and each look-up that is left out lets statements nest further before SQLite's parser has enough.
        private static bool IsOfKind(Expr lookUp, string kind) =>
            SqlTree.Any(lookUp, node => node is Binary { Op: "=", Left: ColumnRef { Column.Name: "kind" }, Right: Literal { Kind: LiteralKind.String, Text: var text } } && text == kind);
    }
}
