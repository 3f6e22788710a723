using System.Globalization;

namespace Shale.Sql;

/// <summary>Short forms for making nodes.</summary>
internal static class SqlBuild
{
    public static readonly Literal Null = new(LiteralKind.Null);

    public static Identifier Name(string name) => new(name);

    public static ObjectName Object(string name) => new(null, new Identifier(name));

    public static ColumnRef Column(string? table, string column) => new(null, table is null ? null : Name(table), Name(column));

    public static FunctionCall Call(string name, params ReadOnlySpan<Expr> arguments) => new(Object(name), NodeList.Create(arguments));

    public static Literal Text(string text) => new(LiteralKind.String, text);

    public static Expr Integer(long value) => value < 0
        ? new Unary("-", new Literal(LiteralKind.Integer, value.ToString(CultureInfo.InvariantCulture)[1..]))
        : new Literal(LiteralKind.Integer, value.ToString(CultureInfo.InvariantCulture));

    public static Expr And(Expr? left, Expr right) => left is null ? right : new Binary("AND", left, right);

    public static Expr Or(Expr? left, Expr right) => left is null ? right : new Binary("OR", left, right);

    public static SelectStatement Select(SelectCore core) => new(null, core);

    /// <summary>The constant that SQLite writes a value as.</summary>
    public static Expr Value(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => Null,
        SqlValueKind.Integer => Integer(value.AsInteger()),
        SqlValueKind.Boolean => Integer(value.AsInteger()),
        SqlValueKind.Text => Text(value.AsText()),
        SqlValueKind.Blob => new Literal(LiteralKind.Blob, Convert.ToHexString(value.AsBlob())),
        _ => Real(value.AsReal()),
    };

    private static Expr Real(double value)
    {
        if (value < 0 || (value == 0 && double.IsNegative(value))) return new Unary("-", Real(-value));
        if (double.IsInfinity(value)) return new Literal(LiteralKind.Number, "9e999");
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return new Literal(LiteralKind.Number, text.AsSpan().ContainsAny(".E") ? text : text + ".0");
    }
}
