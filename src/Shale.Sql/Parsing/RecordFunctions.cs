using System.Globalization;

namespace Shale.Sql.Parsing;

/// <summary>
/// json_to_record, json_to_recordset and their jsonb kin in FROM: they stand for the query that takes the columns out of each object one by one, which both engines and the gate know. Each column is read as
/// PostgreSQL reads it, from its text; what is no object there is an error, if not PostgreSQL's own.
/// </summary>
internal static class RecordFunctions
{
    private const string Element = "element", Item = "item", Value = "value", Ordinality = "ordinality";

    /// <summary>The query under the function's name or alias; the function itself where it is another one. Error: 0A000 for types of columns that are not read here.</summary>
    public static TableExpr Replaced(FunctionTable function)
    {
        if (function is not { ColumnTypes.Count: > 0, Call: { Args: [var argument], Name: { Schema: null or { Name: "pg_catalog" } } name } }) return function;
        if (name.Name.Name is not ("json_to_record" or "jsonb_to_record" or "json_to_recordset" or "jsonb_to_recordset")) return function;
        var kind = name.Name.Name.StartsWith("jsonb", StringComparison.Ordinal) ? "jsonb" : "json";
        var isSet = name.Name.Name.EndsWith("set", StringComparison.Ordinal);
        if (!isSet && function.WithOrdinality) throw SqlErrors.Unsupported($"{name.Name.Name} WITH ORDINALITY", function, "Leave it out: there is one row.");
        var items = function.Columns.Select((column, i) => new SelectItem(Column(column, function.ColumnTypes[i], kind), column)).ToList();
        if (function.WithOrdinality) items.Add(new SelectItem(SqlBuild.Column(Element, Ordinality), new Identifier(Ordinality)));
        var query = SqlBuild.Select(new SelectCore(items.ToNodeList()) { From = [isSet ? Elements(argument, kind) : One(new Cast(argument, new TypeName(kind, [])))] });
        return new DerivedTable(query, true, function.Alias ?? name.Name, []) { Span = function.Span };
    }

    private static FunctionTable Elements(Expr array, string kind) =>
        new(SqlBuild.Call(kind + "_array_elements", array), true, new Identifier(Element), [new Identifier(Value), new Identifier(Ordinality)]) { WithOrdinality = true };

    private static DerivedTable One(Expr value) => new(SqlBuild.Select(new SelectCore([new SelectItem(value, new Identifier(Value))])), true, new Identifier(Element), []);

    private static Expr Column(Identifier column, TypeName type, string kind)
    {
        Expr found = new Binary("->", Object(kind), SqlBuild.Text(column.Name));
        var text = new Binary("->>", Object(kind), SqlBuild.Text(column.Name));
        if (type.ArrayDimensions > 1) throw SqlErrors.Unsupported("a column of several dimensions in a definition list", type);
        if (type.ArrayDimensions == 1) return Array(found, text, type, kind);
        if (type.Name is "json" or "jsonb") return new Case(null, [new WhenClause(Is("null", found, kind), SqlBuild.Null)], new Cast(found, type));
        return type.Name is "varchar" or "character varying" or "char" or "character" or "bpchar" && type.Modifiers is [var length] ? Short(text, type, length) : new Cast(text, type);
    }

    // An array of JSON is one element by element; a text may hold one as PostgreSQL writes it.
    private static Case Array(Expr found, Expr text, TypeName type, string kind)
    {
        var element = type with { ArrayDimensions = 0 };
        if (element.Name is "json" or "jsonb" || element.Modifiers.Count > 0) throw SqlErrors.Unsupported("this array in a definition list", type, "Take it as jsonb.");
        var elements = new FunctionTable(SqlBuild.Call(kind + "_array_elements_text", found), true, new Identifier(Item), [new Identifier(Value), new Identifier(Ordinality)]) { WithOrdinality = true };
        var query = new SelectStatement(null, new SelectCore([new SelectItem(new Cast(SqlBuild.Column(Item, Value), element), null)]) { From = [elements] })
        {
            OrderBy = [new OrderItem(SqlBuild.Column(Item, Ordinality))],
        };
        return new Case(null, [new WhenClause(Is("array", found, kind), new ArraySubquery(query))], new Cast(text, type));
    }

    // A cast would cut off what is too long, which PostgreSQL refuses here.
    private static Case Short(Expr text, TypeName type, string length)
    {
        var fits = new Binary("<=", SqlBuild.Call("length", text), SqlBuild.Integer(long.Parse(length, CultureInfo.InvariantCulture)));
        return new Case(null, [new WhenClause(fits, new Cast(text, type))], new Cast(Failing(text, "value too long: ", "int4"), type));
    }

    private static Case Object(string kind)
    {
        var value = SqlBuild.Column(Element, Value);
        return new Case(null, [new WhenClause(new Binary("OR", Is("object", value, kind), new IsNull(value, false)), value)], Failing(new Cast(value, new TypeName("text", [])), "no object: ", kind));
    }

    private static Binary Is(string wanted, Expr value, string kind) => new("=", SqlBuild.Call(kind + "_typeof", value), SqlBuild.Text(wanted));

    // No engine can find the error before it is met: it is in what is read.
    private static Cast Failing(Expr text, string why, string type) => new(new Binary("||", SqlBuild.Text(why), text), new TypeName(type, []));
}
