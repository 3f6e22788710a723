using System.Globalization;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>What questions to PostgreSQL's catalog need besides its tables: names of types, numbers that are written as names, sizes in words.</summary>
internal static class PostgresCatalogFunctions
{
    private static readonly string[] SizeUnits = ["bytes", "kB", "MB", "GB", "TB", "PB"];

    public static void AddTo(FunctionSet set)
    {
        set.Add("shale_format_type", 2, values => SqlValue.Text(CatalogType.Format(Number(values[0]), Number(values[1]))));
        set.Strict("shale_to_regtype", written => CatalogType.OidOf(written.AsText()) is { } oid ? SqlValue.Integer(oid) : SqlValue.Null);
        set.Strict("shale_reg_name", written => SqlValue.Text(Names.Canonical(written.AsText())));
        set.Add("shale_reg_oid", 3, values => OidOf(values[0], values[1], values[2].AsText()));
        set.Add("shale_reg_text", 2, values => values[0].IsNull || !values[1].IsNull ? values[1] : SqlValue.Text(values[0].AsInteger() == 0 ? "-" : values[0].AsInteger().ToString(CultureInfo.InvariantCulture)));
        set.Add("shale_setting", 3, values => Setting(values[0], values[1], values[2]));
        set.Add("shale_pg_postmaster_start_time", 0, _ => SqlValue.Text(Started.Value));
        set.Strict("shale_pg_size_pretty", size => SqlValue.Text(SizeInWords(size.AsInteger())));
        set.Volatile("shale_set_config", 3, _ => throw new VitessException(ErrorCodes.QueryError, "set_config of what a query computes is not built", sqlState: "0A000", hint: "Use SET, or set_config of constants alone."));
        set.Strict("shale_vector", array => SqlValue.Text(string.Join(' ', PgArrays.Parse(array.AsText()))));
        set.Strict("shale_no_rows", _ => SqlValue.Text("[]"));
        set.Strict("shale_generate_subscripts", (array, dimension) => Subscripts(array, dimension, reverse: false));
        set.Strict("shale_generate_subscripts", 3, values => Subscripts(values[0], values[1], values[2].AsInteger() != 0));
    }

    private static readonly Lazy<string> Started = new(() =>
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return PgDates.TimestampTz(process.StartTime.ToUniversalTime());
    });

    private static long? Number(SqlValue value) => value.IsNull ? null : value.AsInteger();

    private static SqlValue OidOf(SqlValue written, SqlValue found, string kind)
    {
        if (written.IsNull || written.Kind == SqlValueKind.Integer) return written;
        var text = written.AsText();
        if (text == "-") return SqlValue.Integer(0);
        if (text.Length > 0 && text.All(char.IsAsciiDigit) && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var oid)) return SqlValue.Integer(oid);
        if (!found.IsNull) return found;
        throw kind switch
        {
            "class" => new VitessException(ErrorCodes.NotFound, $"relation \"{text.Replace("\"", "", StringComparison.Ordinal)}\" does not exist", sqlState: "42P01"),
            "type" => new VitessException(ErrorCodes.NotFound, $"type \"{text}\" does not exist", sqlState: "42704"),
            "role" => new VitessException(ErrorCodes.NotFound, $"role \"{text}\" does not exist", sqlState: "42704"),
            "namespace" => new VitessException(ErrorCodes.NotFound, $"schema \"{text}\" does not exist", sqlState: "3F000"),
            _ => new VitessException(ErrorCodes.NotFound, $"function \"{text}\" does not exist", sqlState: "42883"),
        };
    }

    private static SqlValue Setting(SqlValue name, SqlValue value, SqlValue missingOk)
    {
        if (name.IsNull || !value.IsNull || (missingOk.IsNull ? 0 : missingOk.AsInteger()) != 0) return value;
        throw new VitessException(ErrorCodes.NotFound, $"unrecognized configuration parameter \"{name.AsText()}\"", sqlState: "42704");
    }

    // PostgreSQL goes to the next unit beyond 10,240 of one, and rounds halves away from zero.
    private static string SizeInWords(long size)
    {
        var unit = 0;
        var left = size;
        while (Math.Abs(left) >= (unit == 0 ? 10 * 1024 : 20 * 1024 - 1) && unit < SizeUnits.Length - 1)
        {
            left = unit == 0 ? left / 512 : left / 1024;
            unit++;
        }

        if (unit > 0) left = (left + Math.Sign(left)) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"{left} {SizeUnits[unit]}");
    }

    private static SqlValue Subscripts(SqlValue array, SqlValue dimension, bool reverse)
    {
        var count = dimension.AsInteger() == 1 ? PgArrays.Parse(array.AsText()).Count : 0;
        var numbers = Enumerable.Range(1, count);
        return SqlValue.Text($"[{string.Join(',', reverse ? numbers.Reverse() : numbers)}]");
    }
}
