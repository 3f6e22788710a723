using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What an engine may be told of a column, and no answer depends on: PostgreSQL's shards are told it, SQLite's have no use for it.</summary>
internal static class ColumnHints
{
    private const int MostStatistics = 10_000;

    /// <summary>
    /// Refuses what PostgreSQL refuses: NOT_FOUND (42703) for a column that there is not, SYNTAX_ERROR (22023, 42601) for values that make no sense, QUERY_ERROR (0A000) for what the column's
    /// type does not take.
    /// </summary>
    /// <returns>What the user should know; null for nothing.</returns>
    public static string? Check(SetColumnHint hint, TablePlace place)
    {
        if (place.Schema.Column(hint.Column.Name) is not { } column)
            throw new VitessException(ErrorCodes.NotFound, $"column \"{hint.Column.Name}\" of relation \"{place.Table.Name}\" does not exist", sqlState: "42703");
        switch (hint.Kind)
        {
            case "statistics":
                return CheckStatistics(hint.Options[0].Value!);
            case "storage":
                CheckStorage(hint.Options[0].Value!.ToLowerInvariant(), column);
                return null;
            case "compression":
                CheckCompression(hint.Options[0].Value!, column);
                return null;
            default:
                foreach (var option in hint.Options) Check(option, hint.Kind == "reset");
                return null;
        }
    }

    private static string? CheckStatistics(string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var target))
            throw new VitessException(ErrorCodes.SyntaxError, $"{value} is out of range for type integer", sqlState: "42601");
        if (target < -1) throw Invalid($"statistics target {value} is too low", "-1 is the default, 0 gathers none.");
        return target > MostStatistics ? $"lowering statistics target to {MostStatistics}" : null;
    }

    private static void CheckStorage(string storage, ColumnSchema column)
    {
        if (storage is not ("plain" or "external" or "extended" or "main")) throw Invalid($"invalid storage type \"{storage}\"", "plain, external, extended and main are.");
        if (storage != "plain" && !IsLong(column.Type)) throw Refused($"column data type {column.Type.Display()} can only have storage PLAIN");
    }

    private static void CheckCompression(string method, ColumnSchema column)
    {
        if (!IsLong(column.Type)) throw Refused($"column data type {column.Type.Display()} does not support compression");
        if (method is not ("default" or "pglz" or "lz4")) throw Invalid($"invalid compression method \"{method}\"", "default, pglz and lz4 are.");
    }

    private static void Check(OptionItem option, bool resets)
    {
        if (resets)
        {
            if (option.Value is not null) throw new VitessException(ErrorCodes.SyntaxError, "RESET must not include values for parameters", sqlState: "42601");
            return;
        }

        if (option.Name is not ("n_distinct" or "n_distinct_inherited")) throw Invalid($"unrecognized parameter \"{option.Name}\"", "n_distinct and n_distinct_inherited are known.");
        if (!double.TryParse(option.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw Invalid($"invalid value for floating point option \"{option.Name}\": {option.Value ?? "true"}", "Write a number.");
        if (number < -1) throw Invalid($"value {option.Value} out of bounds for option \"{option.Name}\"", "Values are -1 and above.");
    }

    /// <summary>Whether values may be so long that PostgreSQL keeps them apart from their row.</summary>
    private static bool IsLong(SqlType type) => type.IsArray
        || type.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char or SqlTypeKind.Bytea or SqlTypeKind.Numeric or SqlTypeKind.Json or SqlTypeKind.Jsonb;

    private static VitessException Invalid(string message, string hint) => new(ErrorCodes.SyntaxError, message, sqlState: "22023", hint: hint);

    private static VitessException Refused(string message) => new(ErrorCodes.QueryError, message, sqlState: "0A000", hint: "It has no effect on answers: leave the clause out.");
}
