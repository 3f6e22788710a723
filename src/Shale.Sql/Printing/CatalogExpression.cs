using System.Globalization;

namespace Shale.Sql;

/// <summary>
/// Writes the expressions of definitions as PostgreSQL's <c>pg_get_expr</c> does: every type that a constant or an operand has taken is told, and every operator stands in parentheses, fewer of them for people.
/// </summary>
public sealed class CatalogExpression
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    private readonly Binding _binding;
    private readonly bool _pretty;

    private CatalogExpression(Binding binding, bool pretty) => (_binding, _pretty) = (binding, pretty);

    /// <summary>An expression over the columns of a table of dialect postgres.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="table">The table.</param>
    /// <param name="pretty">With as few parentheses as people need.</param>
    public static string Write(Expr expression, TableSchema table, bool pretty) => Tried(expression, () => new CatalogExpression(Binder.BindOver([expression], table, SqlDialect.Postgres), pretty).Written(expression));

    /// <summary>The DEFAULT of a column.</summary>
    /// <param name="value">The expression.</param>
    /// <param name="column">The column.</param>
    /// <param name="pretty">With as few parentheses as people need.</param>
    public static string WriteDefault(Expr value, ColumnSchema column, bool pretty) => Tried(value, () =>
    {
        var plain = SqlTree.Rewrite(value, WithPlainSequence);
        var writer = new CatalogExpression(Binder.BindDefault(plain, column, SqlDialect.Postgres), pretty);
        return writer.Converted(plain, column.Type, isShown: false);
    });

    // nextval says its sequence as regclass anyway, and that of this schema without it.
    private static SqlNode? WithPlainSequence(SqlNode node)
    {
        if (node is not FunctionCall { Name.Name.Name: "nextval", Args: [var argument] } call) return null;
        if (argument is Cast { Type.Name: "regclass" } cast) argument = cast.Operand;
        if (argument is not Literal { Kind: LiteralKind.String } name) return null;
        return call with { Args = [Names.Parts(name.Text) is ["public", var own] ? name with { Text = Names.Quote(own) } : name] };
    }

    /// <summary>The type of an expression over the columns of a table; unknown where it has none.</summary>
    public static SqlType TypeOf(Expr expression, TableSchema table)
    {
        try
        {
            return Binder.BindOver([expression], table, table.Dialect).TypeOf(expression);
        }
        catch (VitessException)
        {
            return SqlType.Unknown;
        }
    }

    // What the catalog cannot write better it shows as it was written.
    private static string Tried(Expr expression, Func<string> write)
    {
        try
        {
            return write();
        }
        catch (VitessException)
        {
            return SqlPrinter.Print(expression, SqlDialect.Postgres);
        }
    }

    private string Written(Expr expression) => expression switch
    {
        Literal literal => Constant(literal, _binding.TypeOf(literal)),
        TypedLiteral typed => $"{Quoted(typed.Text)}::{Name(SqlTypes.Of(typed.Type, SqlDialect.Postgres))}",
        ColumnRef column => Names.Quote(column.Column.Name),
        Cast cast => CastWritten(cast),
        Unary { Op: "NOT" } not => Around($"NOT {Operand(not.Operand)}"),
        Unary { Op: "-", Operand: Literal { Kind: LiteralKind.Integer or LiteralKind.Number } number } => $"'-{number.Text}'::{Name(_binding.TypeOf(expression))}",
        Unary unary => Around($"{unary.Op} {Operand(unary.Operand)}"),
        Binary { Op: "AND" or "OR" } logic => Around(string.Join($" {logic.Op} ", Chain(logic, logic.Op).Select(part => Part(part, logic.Op)))),
        Binary { Op: "IS" or "IS NOT" } test => Around($"{Operand(test.Left)} {test.Op} {SqlPrinter.Print(test.Right, SqlDialect.Postgres).ToUpperInvariant()}"),
        Binary binary => Operator(binary.Op, binary.Left, binary.Right),
        IsNull test => Around($"{Operand(test.Operand)} IS {(test.Not ? "NOT " : "")}NULL"),
        Between between => BetweenWritten(between),
        InList list => Members(list),
        Like { Escape: null, Kind: LikeKind.Like or LikeKind.ILike } like => Operator((like.Not ? "!" : "") + (like.Kind == LikeKind.Like ? "~~" : "~~*"), like.Operand, like.Pattern),
        FunctionCall call => CallWritten(call),
        Case choice => CaseWritten(choice),
        ArrayConstructor array => $"ARRAY[{string.Join(", ", array.Items.Select(item => Converted(item, new SqlType(_binding.TypeOf(array).Kind), isShown: true)))}]",
        _ => SqlPrinter.Print(expression, SqlDialect.Postgres),
    };

    private string Around(string inner) => _pretty ? inner : $"({inner})";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(SqlType type) => CatalogType.Format(PostgresTypes.OidOf(type), CatalogType.ModifierOf(type) is var modifier and >= 0 ? modifier : type.Kind == SqlTypeKind.Char ? -1 : null)!;

    private static string Constant(Literal literal, SqlType type) => literal.Kind switch
    {
        LiteralKind.Null => type.Kind == SqlTypeKind.Unknown ? "NULL" : $"NULL::{Name(type.Plain)}",
        LiteralKind.True => "true",
        LiteralKind.False => "false",
        LiteralKind.Integer or LiteralKind.Number => literal.Text,
        LiteralKind.String when type.Kind == SqlTypeKind.Bool && !type.IsArray => PgCasts.ParseBool(literal.Text) ? "true" : "false",
        LiteralKind.String when type is { IsArray: false, Kind: SqlTypeKind.Int4 } => literal.Text.StartsWith('-') ? $"'{literal.Text}'::integer" : literal.Text,
        LiteralKind.String when type is { IsArray: false, Kind: SqlTypeKind.Numeric } && !literal.Text.StartsWith('-') && literal.Text.Contains('.', StringComparison.Ordinal) => literal.Text,
        LiteralKind.String => $"{Quoted(ConstantText(literal.Text, type))}::{Name(type.Kind == SqlTypeKind.Unknown ? Text : type.Plain)}",
        _ => SqlPrinter.Print(literal, SqlDialect.Postgres),
    };

    // A constant is shown as its type prints it.
    private static string ConstantText(string text, SqlType type)
    {
        if (type.Kind is SqlTypeKind.Unknown or SqlTypeKind.Char or SqlTypeKind.Interval || TypeRules.IsReg(type.Kind)) return text;
        return PgCasts.ToText(PgCasts.Convert(SqlValue.Text(text), SqlType.Unknown, type.Plain, false), type.Plain);
    }

    // What a value of one type is written as where another is wanted.
    private string Converted(Expr expression, SqlType wanted, bool isShown)
    {
        var own = _binding.TypeOf(expression);
        if (own.Kind == SqlTypeKind.Unknown || (own.Kind == wanted.Kind && own.IsArray == wanted.IsArray)) return expression is Literal literal ? Constant(literal, wanted.Plain) : Written(expression);
        return isShown && wanted.Kind != SqlTypeKind.Unknown ? Cast(expression, wanted.Plain) : Written(expression);
    }

    private string Cast(Expr operand, SqlType type) => _pretty && operand is ColumnRef or Literal or FunctionCall or TypedLiteral
        ? $"{Written(operand)}::{Name(type)}" : $"({Written(operand)})::{Name(type)}";

    private string CastWritten(Cast cast)
    {
        var type = SqlTypes.Of(cast.Type, SqlDialect.Postgres);
        var isText = cast.Operand is Literal { Kind: LiteralKind.String };
        if (isText && type.Modifier is null) return Constant((Literal)cast.Operand, type);
        if (isText && TypeRules.IsText(type.Kind)) return $"({Constant((Literal)cast.Operand, type.Plain)})::{Name(type)}";
        if (cast.Operand is Literal { Kind: LiteralKind.Null }) return $"NULL::{Name(type)}";
        return _binding.TypeOf(cast.Operand) == type ? Written(cast.Operand) : Cast(cast.Operand, type);
    }

    // An operand of something other than an operator.
    private string Operand(Expr expression) => _pretty && expression is Binary or Unary ? $"({Written(expression)})" : Written(expression);

    private static IEnumerable<Expr> Chain(Expr expression, string op) =>
        expression is Binary binary && binary.Op == op ? Chain(binary.Left, op).Concat(Chain(binary.Right, op)) : [expression];

    private string Part(Expr part, string op) => _pretty && op == "AND" && part is Binary { Op: "OR" } ? $"({Written(part)})" : Written(part);

    private string Operator(string op, Expr left, Expr right)
    {
        var (a, b) = (_binding.TypeOf(left), _binding.TypeOf(right));
        var (first, second) = Wanted(op, a, b);
        return Around($"{Side(left, first, op, isLeft: true)} {op} {Side(right, second, op, isLeft: false)}");
    }

    private string Side(Expr expression, SqlType wanted, string op, bool isLeft)
    {
        if (expression is Literal { Kind: LiteralKind.String or LiteralKind.Null } constant) return Constant(constant, wanted);
        var own = _binding.TypeOf(expression);
        if (own.Kind != wanted.Kind && own.Kind != SqlTypeKind.Unknown) return Cast(expression, wanted);
        var text = Converted(expression, wanted, isShown: true);
        return _pretty && expression is Binary or Like or IsNull or InList or Between && !Binds(expression, op, isLeft) ? $"({text})" : text;
    }

    private static bool Binds(Expr inner, string op, bool isLeft) => inner is Binary binary && (op, binary.Op) switch
    {
        ("+" or "-", "*" or "/" or "%") => true,
        ("+" or "-", "+" or "-") or ("*" or "/" or "%", "*" or "/" or "%") => isLeft,
        _ => false,
    };

    // Operators that PostgreSQL has for two different types take them as they are; else both become the common one. Patterns and varchars are texts.
    private static (SqlType Left, SqlType Right) Wanted(string op, SqlType left, SqlType right)
    {
        left = Settled(op, left);
        right = Settled(op, right);
        if (left.Kind == right.Kind || (TypeRules.IsInteger(left.Kind) && TypeRules.IsInteger(right.Kind))) return (left, right);
        if (left.Kind is SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz && right.Kind is SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz) return (left, right);
        return TypeRules.Category(left) == TypeRules.Category(right) && TypeRules.Common(left, right) is { } common ? (common.Plain, common.Plain) : (left, right);
    }

    private static SqlType Settled(string op, SqlType type) => type is { Kind: SqlTypeKind.Varchar, IsArray: false } or { Kind: SqlTypeKind.Unknown, IsArray: false } || (op.Contains('~', StringComparison.Ordinal) && type.Kind == SqlTypeKind.Unknown) ? Text : type.Plain;

    private string BetweenWritten(Between between)
    {
        var (low, high) = (Operator(between.Not ? "<" : ">=", between.Operand, between.Low), Operator(between.Not ? ">" : "<=", between.Operand, between.High));
        return Around($"{low} {(between.Not ? "OR" : "AND")} {high}");
    }

    private string Members(InList list)
    {
        var type = _binding.TypeOf(list.Operand);
        var isVarchar = type.Kind == SqlTypeKind.Varchar;
        var element = list.Items.Select(item => _binding.TypeOf(item)).Aggregate(type, (all, item) => TypeRules.Common(all, item) ?? all).Plain;
        if (list.Items.Count == 1) return Operator(list.Not ? "<>" : "=", list.Operand, list.Items[0]);
        var items = $"ARRAY[{string.Join(", ", list.Items.Select(item => Converted(item, element, isShown: true)))}]";
        if (isVarchar) items = _pretty ? $"{items}::text[]" : $"({items})::text[]";
        var operand = isVarchar ? Cast(list.Operand, Text) : Converted(list.Operand, element, isShown: true);
        return Around($"{operand} {(list.Not ? "<> ALL" : "= ANY")} ({items})");
    }

    private string CallWritten(FunctionCall call)
    {
        var name = call.Name.Name.Name;
        if (call.Args.Count == 0 && name is "current_timestamp" or "current_date" or "localtimestamp" or "localtime" or "current_user" or "session_user") return name.ToUpperInvariant();
        if (name is "coalesce" or "greatest" or "least" or "nullif")
        {
            var type = name == "nullif" ? SqlType.Unknown : _binding.TypeOf(call);
            return $"{name.ToUpperInvariant()}({string.Join(", ", call.Args.Select(argument => Converted(argument, type, isShown: true)))})";
        }

        if (_binding.OverloadOf(call) is not { } overload) return FunctionBinder.SqlTypeNamed(name) is { } target && call.Args.Count == 1 ? Cast(call.Args[0], target) : $"{name}({string.Join(", ", call.Args.Select(Written))})";
        return $"{Names.Quote(name)}({string.Join(", ", call.Args.Select((argument, i) => Argument(name, argument, overload.At(i))))})";
    }

    private string Argument(string function, Expr argument, ArgumentType wanted)
    {
        if (function is "nextval" && argument is Literal { Kind: LiteralKind.String } sequence) return $"{Quoted(sequence.Text)}::regclass";
        return wanted.Any || wanted.Element ? Written(argument) : Converted(argument, wanted.Type, isShown: true);
    }

    private string CaseWritten(Case choice)
    {
        var type = _binding.TypeOf(choice);
        var whens = string.Join(' ', choice.Whens.Select(when => string.Create(CultureInfo.InvariantCulture, $"WHEN {Written(when.Condition)} THEN {Converted(when.Result, type, isShown: true)}")));
        var otherwise = choice.Else is null ? $"NULL::{Name(type.Kind == SqlTypeKind.Unknown ? Text : type.Plain)}" : Converted(choice.Else, type, isShown: true);
        return $"CASE {(choice.Operand is null ? "" : Written(choice.Operand) + " ")}{whens} ELSE {otherwise} END";
    }
}
