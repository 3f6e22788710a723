using System.Security.Cryptography;
using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>String functions over whole texts: parts, quoting, digests, encodings, concat and format.</summary>
internal static class PostgresTextFunctions2
{
    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_replace", 3, values => SqlValue.Text(values[1].AsText().Length == 0 ? values[0].AsText() : values[0].AsText().Replace(values[1].AsText(), values[2].AsText(), StringComparison.Ordinal)));
        set.Strict("shale_split_part", 3, values => SqlValue.Text(SplitPart(values[0].AsText(), values[1].AsText(), values[2].AsInteger())));
        set.Strict("shale_starts_with", (a, b) => SqlValue.Boolean(a.AsText().StartsWith(b.AsText(), StringComparison.Ordinal)));
        set.Strict("shale_md5", a => SqlValue.Text(Md5(Raw(a))));
        set.Strict("shale_sha256", a => SqlValue.Blob(SHA256.HashData(a.AsBlob())));
        set.Strict("shale_sha512", a => SqlValue.Blob(SHA512.HashData(a.AsBlob())));
        set.Strict("shale_hashtext", a => SqlValue.Integer(PostgresHash.Of(Encoding.UTF8.GetBytes(a.AsText()))));
        set.Strict("shale_hashtextextended", (a, seed) => SqlValue.Integer(PostgresHash.Of(Encoding.UTF8.GetBytes(a.AsText()), seed.AsInteger())));
        set.Strict("shale_encode", (a, format) => SqlValue.Text(Encode(a.AsBlob(), format.AsText())));
        set.Strict("shale_decode", (a, format) => SqlValue.Blob(Decode(a.AsText(), format.AsText())));
        set.Strict("shale_quote_literal", a => SqlValue.Text(QuoteLiteral(a.AsText())));
        set.Add("shale_quote_nullable", 1, values => SqlValue.Text(values[0].IsNull ? "NULL" : QuoteLiteral(values[0].AsText())));
        set.Strict("shale_quote_ident", a => SqlValue.Text(Names.Quote(a.AsText())));
        set.Add("shale_concat", -1, values => SqlValue.Text(Concatenated(values, "")));
        set.Add("shale_concat_ws", -1, values => values[0].IsNull ? SqlValue.Null : SqlValue.Text(Concatenated(values[1..], values[0].AsText())));
        set.Add("shale_format", -1, FormatTemplate.Format);
        set.Strict("shale_bytea_concat", (a, b) => SqlValue.Blob([.. a.AsBlob(), .. b.AsBlob()]));
    }

#pragma warning disable CA5351 // PostgreSQL's md5() is what is asked for; it protects nothing.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private static byte[] Raw(SqlValue value) => value.Kind == SqlValueKind.Blob ? value.AsBlob() : Encoding.UTF8.GetBytes(value.AsText());

    private static string SplitPart(string text, string delimiter, long n)
    {
        if (n == 0) throw SqlErrors.Data("field position must not be zero", "22023");
        var parts = text.Length == 0 ? [] : delimiter.Length == 0 ? [text] : text.Split(delimiter);
        var index = n > 0 ? n - 1 : parts.Length + n;
        return index >= 0 && index < parts.Length ? parts[index] : "";
    }

    private static string Encode(byte[] bytes, string format) => format.ToLowerInvariant() switch
    {
        "hex" => Convert.ToHexStringLower(bytes),
        "base64" => Lines(Convert.ToBase64String(bytes)),
        "escape" => Escaped(bytes),
        _ => throw SqlErrors.Data($"unrecognized encoding: \"{format}\"", "22023"),
    };

    // MIME: a line break after 76 characters.
    private static string Lines(string text)
    {
        var builder = new StringBuilder();
        for (var i = 0; i < text.Length; i += 76) builder.Append(i > 0 ? "\n" : "").Append(text, i, Math.Min(76, text.Length - i));
        return builder.ToString();
    }

    private static string Escaped(byte[] bytes)
    {
        var builder = new StringBuilder();
        foreach (var value in bytes)
        {
            if (value == '\\') builder.Append("\\\\");
            else if (value is 0 or >= 128) builder.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
            else builder.Append((char)value);
        }

        return builder.ToString();
    }

    private static byte[] Decode(string text, string format)
    {
        try
        {
            var body = string.Concat(text.Where(unit => !char.IsWhiteSpace(unit)));
            return format.ToLowerInvariant() switch
            {
                "hex" => Convert.FromHexString(body),
                "base64" => Convert.FromBase64String(body),
                "escape" => PgCasts.ParseBytes(text),
                _ => throw SqlErrors.Data($"unrecognized encoding: \"{format}\"", "22023"),
            };
        }
        catch (FormatException exception)
        {
            throw new VitessException(ErrorCodes.TypeError, $"invalid {format.ToLowerInvariant()} data", sqlState: "22023", inner: exception);
        }
    }

    internal static string QuoteLiteral(string text)
    {
        var quoted = "'" + text.Replace("'", "''", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal) + "'";
        return text.Contains('\\', StringComparison.Ordinal) ? "E" + quoted : quoted;
    }

    private static string Concatenated(ReadOnlySpan<SqlValue> values, string separator)
    {
        var builder = new StringBuilder();
        var first = true;
        foreach (ref readonly var value in values)
        {
            if (value.IsNull) continue;
            if (!first) builder.Append(separator);
            first = false;
            builder.Append(value.AsText());
        }

        return builder.ToString();
    }
}
