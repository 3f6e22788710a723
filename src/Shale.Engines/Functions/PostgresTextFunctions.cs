using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>String functions that count characters. A character is a code point.</summary>
internal static class PostgresTextFunctions
{
    private const int MaxLength = 256 * 1024 * 1024;

    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_length", a => SqlValue.Integer(PgCasts.Length(a.AsText())));
        set.Strict("shale_octet_length", a => SqlValue.Integer(Encoding.UTF8.GetByteCount(a.AsText())));
        set.Strict("shale_bit_length", a => SqlValue.Integer(8L * Encoding.UTF8.GetByteCount(a.AsText())));
        set.Strict("shale_lower", a => SqlValue.Text(a.AsText().ToLowerInvariant()));
        set.Strict("shale_upper", a => SqlValue.Text(a.AsText().ToUpperInvariant()));
        set.Strict("shale_initcap", a => SqlValue.Text(Initcap(a.AsText())));
        set.Strict("shale_substr", (a, from) => SqlValue.Text(Substring(a.AsText(), from.AsInteger(), null)));
        set.Strict("shale_substr", 3, values => SqlValue.Text(Substring(values[0].AsText(), values[1].AsInteger(), values[2].AsInteger())));
        set.Strict("shale_substr_bytea", (a, from) => SqlValue.Blob(Bytes(a.AsBlob(), from.AsInteger(), null)));
        set.Strict("shale_substr_bytea", 3, values => SqlValue.Blob(Bytes(values[0].AsBlob(), values[1].AsInteger(), values[2].AsInteger())));
        set.Strict("shale_strpos", (a, b) => SqlValue.Integer(Position(a.AsText(), b.AsText())));
        set.Strict("shale_left", (a, n) => SqlValue.Text(Left(a.AsText(), n.AsInteger())));
        set.Strict("shale_right", (a, n) => SqlValue.Text(Right(a.AsText(), n.AsInteger())));
        set.Strict("shale_lpad", (a, n) => SqlValue.Text(Pad(a.AsText(), n.AsInteger(), " ", left: true)));
        set.Strict("shale_lpad", 3, values => SqlValue.Text(Pad(values[0].AsText(), values[1].AsInteger(), values[2].AsText(), left: true)));
        set.Strict("shale_rpad", (a, n) => SqlValue.Text(Pad(a.AsText(), n.AsInteger(), " ", left: false)));
        set.Strict("shale_rpad", 3, values => SqlValue.Text(Pad(values[0].AsText(), values[1].AsInteger(), values[2].AsText(), left: false)));
        AddTrim(set, "shale_btrim", start: true, end: true);
        AddTrim(set, "shale_ltrim", start: true, end: false);
        AddTrim(set, "shale_rtrim", start: false, end: true);
        set.Strict("shale_reverse", a => SqlValue.Text(Reverse(a.AsText())));
        set.Strict("shale_repeat", (a, n) => SqlValue.Text(Repeat(a.AsText(), n.AsInteger())));
        set.Strict("shale_overlay", 3, values => Overlay(values[0].AsText(), values[1].AsText(), values[2].AsInteger(), PgCasts.Length(values[1].AsText())));
        set.Strict("shale_overlay", 4, values => Overlay(values[0].AsText(), values[1].AsText(), values[2].AsInteger(), values[3].AsInteger()));
        set.Strict("shale_ascii", a => SqlValue.Integer(a.AsText().Length == 0 ? 0 : char.ConvertToUtf32(a.AsText(), 0)));
        set.Strict("shale_chr", a => SqlValue.Text(Character(a.AsInteger())));
        set.Strict("shale_translate", 3, values => SqlValue.Text(Translate(values[0].AsText(), values[1].AsText(), values[2].AsText())));
    }

    /// <summary>The runes of a text, for what counts characters.</summary>
    public static List<Rune> Runes(string text) => [.. text.EnumerateRunes()];

    /// <summary>So many characters from a place; both may lie outside. Error: 22011.</summary>
    public static string Substring(string text, long from, long? count)
    {
        if (count < 0) throw SqlErrors.Data("negative substring length not allowed", "22011");
        var length = PgCasts.Length(text);
        var end = count is null ? long.MaxValue : from + count.Value;
        var start = Math.Max(from, 1) - 1;
        end = Math.Min(end - 1, length);
        if (start >= end) return "";
        return length == text.Length ? text[(int)start..(int)end] : text[Offset(text, (int)start)..Offset(text, (int)end)];
    }

    private static int Offset(string text, int characters)
    {
        var at = 0;
        for (var i = 0; i < characters; i++) at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        return at;
    }

    private static byte[] Bytes(byte[] blob, long from, long? count)
    {
        if (count < 0) throw SqlErrors.Data("negative substring length not allowed", "22011");
        var end = Math.Min(count is null ? long.MaxValue : from + count.Value - 1, blob.Length);
        var start = Math.Max(from, 1) - 1;
        return start >= end ? [] : blob[(int)start..(int)end];
    }

    private static long Position(string text, string part)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? 0 : PgCasts.Length(text[..at]) + 1;
    }

    private static string Left(string text, long n) => n >= 0 ? Substring(text, 1, n) : Substring(text, 1, Math.Max(0, PgCasts.Length(text) + n));

    private static string Right(string text, long n)
    {
        var length = PgCasts.Length(text);
        return n >= 0 ? Substring(text, length - Math.Min(n, length) + 1, null) : Substring(text, 1 - n, null);
    }

    private static string Pad(string text, long n, string fill, bool left)
    {
        if (n <= 0) return "";
        if (n > MaxLength) throw SqlErrors.Data("requested length too large", "54000");
        var length = PgCasts.Length(text);
        if (length >= n) return Substring(text, 1, n);
        if (fill.Length == 0) return text;
        var runes = Runes(fill);
        var builder = new StringBuilder();
        for (var i = 0; i < n - length; i++) builder.Append(runes[i % runes.Count].ToString());
        return left ? builder.Append(text).ToString() : text + builder;
    }

    private static void AddTrim(FunctionSet set, string name, bool start, bool end)
    {
        set.Strict(name, a => SqlValue.Text(Trim(a.AsText(), " ", start, end)));
        set.Strict(name, (a, characters) => SqlValue.Text(Trim(a.AsText(), characters.AsText(), start, end)));
    }

    private static string Trim(string text, string characters, bool start, bool end)
    {
        var set = characters.ToCharArray();
        if (start) text = text.TrimStart(set.Length == 0 ? ['\0'] : set);
        return end ? text.TrimEnd(set.Length == 0 ? ['\0'] : set) : text;
    }

    private static string Reverse(string text)
    {
        var runes = Runes(text);
        runes.Reverse();
        return string.Concat(runes);
    }

    private static string Repeat(string text, long n)
    {
        if (n <= 0 || text.Length == 0) return "";
        if (n > MaxLength / text.Length) throw SqlErrors.Data("requested length too large", "54000");
        return new StringBuilder().Insert(0, text, (int)n).ToString();
    }

    private static SqlValue Overlay(string text, string part, long from, long count)
    {
        if (from <= 0) throw SqlErrors.Data("negative substring length not allowed", "22011");
        return SqlValue.Text(Substring(text, 1, from - 1) + part + Substring(text, from + count, null));
    }

    private static string Character(long code)
    {
        if (code == 0) throw SqlErrors.Data("null character not permitted", "54000");
        if (code < 0) throw SqlErrors.Data("character number must be positive", "22023");
        return Rune.IsValid((int)Math.Min(code, int.MaxValue))
            ? new Rune((int)code).ToString() : throw SqlErrors.Data($"requested character too large for encoding: {code.ToString(CultureInfo.InvariantCulture)}", "54000");
    }

    private static string Translate(string text, string from, string to)
    {
        var map = new Dictionary<Rune, Rune?>();
        var (source, target) = (Runes(from), Runes(to));
        for (var i = 0; i < source.Count; i++) map.TryAdd(source[i], i < target.Count ? target[i] : null);
        var builder = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (!map.TryGetValue(rune, out var other)) builder.Append(rune.ToString());
            else if (other is { } mapped) builder.Append(mapped.ToString());
        }

        return builder.ToString();
    }

    private static string Initcap(string text)
    {
        var builder = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            builder.Append((inWord ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune)).ToString());
            inWord = Rune.IsLetterOrDigit(rune);
        }

        return builder.ToString();
    }
}
