using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Shale.Postgres;

/// <summary>
/// The values of a statement. A value means what the literal would mean: an integer is int4 if it fits and else int8, text and NULL have no type until the server finds one, so that text converts as
/// a quoted literal does; a float is float8.
/// </summary>
internal static class PostgresParameters
{
    /// <summary>What the server is told of a value's type.</summary>
    public enum Wire : byte
    {
        /// <summary>Text or NULL: the server finds the type.</summary>
        Untyped,

        /// <summary>int4.</summary>
        Int4,

        /// <summary>int8.</summary>
        Int8,

        /// <summary>float8.</summary>
        Float8,

        /// <summary>bool.</summary>
        Bool,

        /// <summary>bytea.</summary>
        Bytea,
    }

    /// <summary>How a value goes.</summary>
    public static Wire Of(in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Integer => value.AsInteger() is >= int.MinValue and <= int.MaxValue ? Wire.Int4 : Wire.Int8,
        SqlValueKind.Real => Wire.Float8,
        SqlValueKind.Boolean => Wire.Bool,
        SqlValueKind.Blob => Wire.Bytea,
        _ => Wire.Untyped,
    };

    /// <summary>How values go.</summary>
    public static Wire[] Of(IReadOnlyList<SqlValue> values)
    {
        var wires = new Wire[values.Count];
        for (var i = 0; i < wires.Length; i++) wires[i] = Of(values[i]);
        return wires;
    }

    /// <summary>How the values of many rows go, column by column: NULL goes with the others of its column, and int4 with int8. Null if a column mixes what cannot go together.</summary>
    public static Wire[]? OfAll(IReadOnlyList<IReadOnlyList<SqlValue>> rows)
    {
        var wires = Of(rows[0]);
        var isKnown = new bool[wires.Length];
        foreach (var row in rows)
        {
            if (row.Count != wires.Length) return null;
            for (var i = 0; i < wires.Length; i++)
            {
                if (row[i].IsNull) continue;
                var wire = Of(row[i]);
                if (isKnown[i] && wire != wires[i])
                {
                    if (wire is not (Wire.Int4 or Wire.Int8) || wires[i] is not (Wire.Int4 or Wire.Int8)) return null;
                    wire = Wire.Int8;
                }

                (wires[i], isKnown[i]) = (wire, true);
            }
        }

        return wires;
    }

    /// <summary>Values that go as these, for a command whose columns are asked for.</summary>
    public static SqlValue[] Samples(Wire[] wires) => Array.ConvertAll(wires, wire => wire switch
    {
        Wire.Int4 or Wire.Int8 => SqlValue.Integer(0),
        Wire.Float8 => SqlValue.Real(0),
        Wire.Bool => SqlValue.Boolean(false),
        Wire.Bytea => SqlValue.Blob([]),
        _ => SqlValue.Null,
    });

    /// <summary>Whether values go as these.</summary>
    public static bool Fit(Wire[] wires, IReadOnlyList<SqlValue> values)
    {
        if (wires.Length != values.Count) return false;
        for (var i = 0; i < wires.Length; i++)
        {
            if (wires[i] != Of(values[i])) return false;
        }

        return true;
    }

    /// <summary>Parameters of a command that is run again and again.</summary>
    public static void Add(NpgsqlParameterCollection parameters, Wire[] wires)
    {
        foreach (var wire in wires) parameters.Add(Create(wire));
    }

    /// <summary>Parameters with the values of one row. Errors: TYPE_ERROR (22021) for text that is no Unicode.</summary>
    public static void Add(NpgsqlParameterCollection parameters, Wire[] wires, IReadOnlyList<SqlValue> values)
    {
        for (var i = 0; i < wires.Length; i++)
        {
            // Typed, also where it is NULL: the statement was prepared for that.
            var parameter = values[i].IsNull ? new NpgsqlParameter { NpgsqlDbType = TypeOf(wires[i]), Value = DBNull.Value } : Create(wires[i]);
            parameters.Add(parameter);
            if (!values[i].IsNull) Set(parameter, wires[i], values[i]);
        }
    }

    /// <summary>Gives them values. Errors: TYPE_ERROR (22021) for text that is no Unicode.</summary>
    public static void Set(NpgsqlParameterCollection parameters, Wire[] wires, IReadOnlyList<SqlValue> values)
    {
        for (var i = 0; i < wires.Length; i++) Set(parameters[i], wires[i], values[i]);
    }

    private static void Set(NpgsqlParameter parameter, Wire wire, in SqlValue value)
    {
        switch (wire)
        {
            case Wire.Int4:
                ((NpgsqlParameter<int>)parameter).TypedValue = (int)value.AsInteger();
                break;
            case Wire.Int8:
                ((NpgsqlParameter<long>)parameter).TypedValue = value.AsInteger();
                break;
            case Wire.Float8:
                ((NpgsqlParameter<double>)parameter).TypedValue = value.AsReal();
                break;
            case Wire.Bool:
                ((NpgsqlParameter<bool>)parameter).TypedValue = value.AsBoolean();
                break;
            case Wire.Bytea:
                ((NpgsqlParameter<byte[]>)parameter).TypedValue = value.AsBlob();
                break;
            default:
                parameter.Value = value.IsNull ? DBNull.Value : Text(value);
                break;
        }
    }

    /// <summary>A value as PostgreSQL reads it from text. Errors: TYPE_ERROR (22021) for text that is no Unicode.</summary>
    public static string Text(in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => RequireUnicode(value.AsText()),
        SqlValueKind.Boolean => value.AsBoolean() ? "t" : "f",
        SqlValueKind.Blob => "\\x" + Convert.ToHexStringLower(value.AsBlob()),
        SqlValueKind.Real => double.IsInfinity(value.AsReal()) ? (value.AsReal() > 0 ? "Infinity" : "-Infinity") : value.AsReal().ToString("R", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static NpgsqlParameter Create(Wire wire) => wire switch
    {
        Wire.Int4 => new NpgsqlParameter<int> { NpgsqlDbType = TypeOf(wire) },
        Wire.Int8 => new NpgsqlParameter<long> { NpgsqlDbType = TypeOf(wire) },
        Wire.Float8 => new NpgsqlParameter<double> { NpgsqlDbType = TypeOf(wire) },
        Wire.Bool => new NpgsqlParameter<bool> { NpgsqlDbType = TypeOf(wire) },
        Wire.Bytea => new NpgsqlParameter<byte[]> { NpgsqlDbType = TypeOf(wire) },
        _ => new NpgsqlParameter { NpgsqlDbType = TypeOf(wire), Value = DBNull.Value },
    };

    /// <summary>The number of the type that the server is told; 0 where it finds one.</summary>
    public static int OidOf(Wire wire) => wire switch
    {
        Wire.Int4 => 23,
        Wire.Int8 => 20,
        Wire.Float8 => 701,
        Wire.Bool => 16,
        Wire.Bytea => 17,
        _ => 0,
    };

    private static NpgsqlDbType TypeOf(Wire wire) => wire switch
    {
        Wire.Int4 => NpgsqlDbType.Integer,
        Wire.Int8 => NpgsqlDbType.Bigint,
        Wire.Float8 => NpgsqlDbType.Double,
        Wire.Bool => NpgsqlDbType.Boolean,
        Wire.Bytea => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Unknown,
    };

    /// <summary>TYPE_ERROR (22021) for text that is no Unicode.</summary>
    public static string RequireUnicode(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])) at++;
            else throw new VitessException(ErrorCodes.TypeError, "a text has half of a surrogate pair: it is no Unicode", sqlState: "22021");
        }

        return text;
    }
}
