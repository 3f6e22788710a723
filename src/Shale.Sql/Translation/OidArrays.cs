namespace Shale.Sql;

/// <summary>Texts that are cast to arrays of oids with names, <c>'{int,text}'::regtype[]</c>: each element is looked up, as if it were cast by itself.</summary>
public static class OidArrays
{
    /// <summary>The statement with an array constructor in the place of each of them; the statement itself where there is none. Errors: QUERY_ERROR (22P02) for a text that is no array.</summary>
    public static Statement Expand(Statement statement) => SqlTree.Any(statement, node => Elements(node) is not null) ? (Statement)SqlTree.Rewrite(statement, Expanded) : statement;

    private static SqlNode? Expanded(SqlNode node)
    {
        if (Elements(node) is not { } elements) return null;
        var cast = (Cast)node;
        var one = cast.Type with { ArrayDimensions = 0 };
        return cast with { Operand = new ArrayConstructor(elements.Select(element => (Expr)new Cast(Constant(element), one)).ToNodeList()) };
    }

    private static Literal Constant(string? element) => element is null ? new Literal(LiteralKind.Null, "") : new Literal(LiteralKind.String, element);

    private static List<string?>? Elements(SqlNode node) =>
        node is Cast { Operand: Literal { Kind: LiteralKind.String } text, Type: { ArrayDimensions: 1, Name: "regclass" or "regtype" or "regproc" or "regprocedure" or "regnamespace" or "regrole" } } ? PgArrays.Parse(text.Text) : null;
}
