namespace Shale.Sql;

/// <summary>The errors of names, types and translation, each with PostgreSQL's SQLSTATE and wording.</summary>
internal static class SqlErrors
{
    /// <summary>42703; names the nearest column if one is near.</summary>
    public static VitessException UndefinedColumn(string name, SqlNode? at, string? nearest = null) => name is "ctid" or "xmin" or "xmax" or "cmin" or "cmax"
        ? new(ErrorCodes.QueryError, $"the system column \"{name}\" is not supported", sqlState: "0A000", hint: "Name rows by their primary key, and notice changes by a column of your own.", position: Position(at)) :
        new(ErrorCodes.NotFound, $"column {Quote(name)} does not exist", sqlState: "42703",
            hint: nearest is null ? "Check the name, and which tables stand in FROM." : $"Perhaps you meant {Quote(nearest)}.", position: Position(at));

    /// <summary>42P01</summary>
    public static VitessException UndefinedTable(string name, SqlNode? at, string? hint = null) =>
        new(ErrorCodes.NotFound, $"relation {Quote(name)} does not exist", sqlState: "42P01", hint: hint, position: Position(at));

    /// <summary>42P01 for a qualifier that no FROM item answers to.</summary>
    public static VitessException MissingFrom(string name, SqlNode? at) =>
        new(ErrorCodes.NotFound, $"missing FROM-clause entry for table {Quote(name)}", sqlState: "42P01",
            hint: "Name the table in FROM, or use its alias.", position: Position(at));

    /// <summary>42702</summary>
    public static VitessException AmbiguousColumn(string name, SqlNode? at) =>
        new(ErrorCodes.QueryError, $"column reference {Quote(name)} is ambiguous", sqlState: "42702",
            hint: "Put the table's name or alias in front of it.", position: Position(at));

    /// <summary>42803</summary>
    public static VitessException Grouping(string message, SqlNode? at) =>
        new(ErrorCodes.QueryError, message, sqlState: "42803", hint: "Add it to GROUP BY, or use an aggregate.", position: Position(at));

    /// <summary>42883</summary>
    public static VitessException UndefinedFunction(string signature, SqlNode? at) =>
        new(ErrorCodes.NotFound, $"function {signature} does not exist", sqlState: "42883",
            hint: "No function matches the name and argument types; you might need explicit casts.", position: Position(at));

    /// <summary>42883 for an operator.</summary>
    public static VitessException UndefinedOperator(string description, SqlNode? at) =>
        new(ErrorCodes.QueryError, $"operator does not exist: {description}", sqlState: "42883",
            hint: "No operator matches the name and argument types; you might need explicit casts.", position: Position(at));

    /// <summary>42804</summary>
    public static VitessException DatatypeMismatch(string message, SqlNode? at) =>
        new(ErrorCodes.TypeError, message, sqlState: "42804", hint: "Cast one of them.", position: Position(at));

    /// <summary>42846</summary>
    public static VitessException CannotCast(SqlType from, SqlType to, SqlNode? at) =>
        new(ErrorCodes.TypeError, $"cannot cast type {from.Display()} to {to.Display()}", sqlState: "42846",
            hint: "There is no such cast; go through text if that is what you mean.", position: Position(at));

    /// <summary>22P02</summary>
    public static VitessException InvalidText(SqlType type, string text, SqlNode? at = null) =>
        new(ErrorCodes.TypeError, $"invalid input syntax for type {type.Display()}: {Quote(text)}", sqlState: "22P02",
            hint: "Write the value as the type's input format asks.", position: Position(at));

    /// <summary>22003</summary>
    public static VitessException OutOfRange(SqlType type) =>
        new(ErrorCodes.TypeError, $"{type.Display()} out of range", sqlState: "22003", hint: "Use a wider type, or a smaller value.");

    /// <summary>22003 for a text that is a number beyond the type.</summary>
    public static VitessException ValueOutOfRange(SqlType type, string text) =>
        new(ErrorCodes.TypeError, $"value {Quote(text)} is out of range for type {type.Display()}", sqlState: "22003",
            hint: "Use a wider type, or a smaller value.");

    /// <summary>42601 and other errors of form that only the binder can see.</summary>
    public static VitessException Syntax(string message, SqlNode? at, string sqlState = "42601") =>
        new(ErrorCodes.SyntaxError, message, sqlState: sqlState, position: Position(at));

    /// <summary>QUERY_ERROR with a SQLSTATE of its own.</summary>
    public static VitessException Query(string message, string sqlState, SqlNode? at = null, string? hint = null) =>
        new(ErrorCodes.QueryError, message, sqlState: sqlState, hint: hint, position: Position(at));

    /// <summary>TYPE_ERROR with a SQLSTATE of its own.</summary>
    public static VitessException Data(string message, string sqlState, string? hint = null) =>
        new(ErrorCodes.TypeError, message, sqlState: sqlState, hint: hint);

    /// <summary>23502</summary>
    public static VitessException NotNull(string column, string table) => new(
        ErrorCodes.ConstraintViolation, $"null value in column \"{column}\" of relation \"{table}\" violates not-null constraint", sqlState: "23502");

    /// <summary>0A000: PostgreSQL has it, a SQLite shard cannot give it.</summary>
    public static VitessException Unsupported(string construct, SqlNode? at = null, string? hint = null) =>
        new(ErrorCodes.QueryError, $"{construct} is not supported on SQLite shards", sqlState: "0A000",
            hint: hint ?? "Write it another way; docs/compat/postgres-on-sqlite.md lists what differs.", position: Position(at));

    /// <summary>54001 where the stack is about to end: a statement must not take the process down.</summary>
    public static void GuardStack()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Parsing.SyntaxErrors.TooDeep();
    }

    private static string Quote(string name) => "\"" + name + "\"";

    private static int? Position(SqlNode? at) => at is { Span.Length: > 0 } ? at.Span.Start + 1 : null;
}
