using System.Text;
using Shale.Postgres;
using Shale.Postgres.Wire;
using Shale.Sql;

namespace Shale.Server;

/// <summary>What a block tells, and what it throws: RAISE, ASSERT, GET STACKED DIAGNOSTICS.</summary>
internal static class BlockFailures
{
    /// <summary>The line of a block as PostgreSQL names it.</summary>
    public static string Where(PlStatement statement) => $"PL/pgSQL function inline_code_block line {statement.Line} at {statement.Kind}";

    /// <summary>A message with its arguments in place of each %.</summary>
    public static string Format(string format, IReadOnlyList<string> arguments)
    {
        var message = new StringBuilder();
        for (int i = 0, next = 0; i < format.Length; i++)
        {
            if (format[i] != '%') message.Append(format[i]);
            else if (i + 1 < format.Length && format[i + 1] == '%') message.Append(format[i++]);
            else message.Append(arguments[next++]);
        }

        return message.ToString();
    }

    /// <summary>What RAISE says. Errors: SYNTAX_ERROR (42601) for options that say a thing twice; TYPE_ERROR (22004) for one that is NULL; (42704) for no condition's name.</summary>
    /// <param name="raise">The statement.</param>
    /// <param name="message">Its message; null for none.</param>
    /// <param name="options">Its options: names in upper case, and texts.</param>
    public static ErrorFields Said(PlRaise raise, string? message, IReadOnlyList<(string Name, string? Value)> options)
    {
        var state = raise.Condition is null ? null : PlConditions.StateOf(raise.Condition) ?? raise.Condition;
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
        {
            if (value is null) throw new VitessException(ErrorCodes.TypeError, "RAISE statement option cannot be null", sqlState: "22004");
            if ((name == "MESSAGE" && message is not null) || (name == "ERRCODE" && state is not null) || !given.TryAdd(name, value)) throw new VitessException(ErrorCodes.SyntaxError, $"RAISE option already specified: {name}");
        }

        if (given.TryGetValue("ERRCODE", out var code)) state = PlConditions.StateOf(code) ?? (PlConditions.IsState(code) ? code : throw new VitessException(ErrorCodes.NotFound, $"unrecognized exception condition \"{code}\"", sqlState: "42704"));
        var ordinary = raise.Level switch { "EXCEPTION" => "P0001", "WARNING" => "01000", _ => "00000" };
        return new ErrorFields(raise.Level == "EXCEPTION" ? "ERROR" : raise.Level!, state ?? ordinary, message ?? given.GetValueOrDefault("MESSAGE") ?? raise.Condition ?? state ?? ordinary)
        {
            Detail = given.GetValueOrDefault("DETAIL"),
            Hint = given.GetValueOrDefault("HINT"),
            Table = given.GetValueOrDefault("TABLE"),
            Column = given.GetValueOrDefault("COLUMN"),
            Constraint = given.GetValueOrDefault("CONSTRAINT"),
            Where = Where(raise),
        };
    }

    /// <summary>The failure that RAISE EXCEPTION is.</summary>
    public static VitessException Thrown(ErrorFields said)
    {
        var code = PostgresErrors.CodeOf(said.SqlState);
        return new VitessException(code.Code, said.Message, null, said.SqlState, false, said.Hint ?? "") { Subject = new FailureSubject(said.Table, said.Column, said.Constraint) { Detail = said.Detail } };
    }

    /// <summary>What ASSERT throws.</summary>
    public static VitessException Asserted(string? message) => new(ErrorCodes.QueryError, message ?? "assertion failed", sqlState: "P0004", hint: "");

    /// <summary>An item of GET STACKED DIAGNOSTICS.</summary>
    public static string Item(VitessException failure, string item) => item switch
    {
        "RETURNED_SQLSTATE" => failure.SqlState ?? "XX000",
        "MESSAGE_TEXT" => failure.Message,
        "PG_EXCEPTION_DETAIL" => failure.Subject?.Detail,
        "PG_EXCEPTION_HINT" => failure.Hint,
        "PG_EXCEPTION_CONTEXT" => failure.Context,
        "TABLE_NAME" => failure.Subject?.Table,
        "COLUMN_NAME" => failure.Subject?.Column,
        "CONSTRAINT_NAME" => failure.Subject?.Constraint,
        "SCHEMA_NAME" => failure.Subject?.Table is null ? "" : "public",
        _ => "",
    } ?? "";
}
