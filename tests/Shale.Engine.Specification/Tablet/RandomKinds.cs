using System.Globalization;
using System.Text;

namespace Shale.Engine.Specification.Tablet;

/// <summary>Rows of random values for the table of all kinds of <see cref="TabletKindSwitchTests"/>.</summary>
internal static class RandomKinds
{
    private static readonly string[] Letters = ["a", "Z", "0", " ", "\t", "\n", "\\", "\\N", "'", "\"", "{", "}", ",", "ü", "\u4e2d", "\U0001F600", ".", "%"];

    /// <summary>INSERT of one row.</summary>
    public static string Insert(Random random, int id)
    {
        string Whole(long least, long most) => random.NextInt64(least, most).ToString(CultureInfo.InvariantCulture);
        string Float() => random.Next(4) switch { 0 => Whole(-5, 5), 1 => "-Infinity", 2 => ((float)random.NextDouble()).ToString("R", CultureInfo.InvariantCulture), _ => (random.NextDouble() * Math.Pow(10, random.Next(-30, 30))).ToString("R", CultureInfo.InvariantCulture) };
        string Number() => (random.Next(2) == 0 ? "-" : "") + Whole(0, long.MaxValue) + (random.Next(2) == 0 ? "" : "." + Whole(0, long.MaxValue) + new string('0', random.Next(5)));
        string Json() => random.Next(5) switch { 0 => "null", 1 => Number(), 2 => "\"" + System.Text.Json.JsonEncodedText.Encode(Text(random, 6)) + "\"", 3 => $"[{Number()}, true]", _ => $"{{\"b\": {Number()}, \"a\": {{\"c\":[]}}, \"aa\": \"x\"}}" };
        var day = new DateTime(random.NextInt64(DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay) / 10 * 10);
        string?[] values =
        [
            Whole(short.MinValue, short.MaxValue), Whole(int.MinValue, int.MaxValue), random.Next(2) == 0 ? "t" : "f", random.Next(3) == 0 ? "-Infinity" : ((float)random.NextDouble() * 1000).ToString("R", CultureInfo.InvariantCulture), Float(),
            random.Next(20) == 0 ? "NaN" : Number(), Whole(-99999999, 99999999) + "." + Whole(0, 999), Text(random, 40), Text(random, 5), Text(random, 4).TrimEnd(' '), "\\x" + Convert.ToHexString(Bytes(random)),
            new Guid(Bytes16(random)).ToString(), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture), day.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            day.AddDays(day.Year > 1 ? 0 : 1).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) + "+00",
            $"{Whole(-20, 20)} mons {Whole(-40, 40)} days {Whole(-90000, 90000)}.{Whole(0, 999999)} secs", Json(), Json(), "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(3) == 0 ? "NULL" : Whole(-9, 9))) + "}",
            "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) == 0 ? "NULL" : "\"" + Text(random, 5).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"")) + "}",
        ];
        var cells = values.Select(value => random.Next(8) == 0 ? "NULL" : "'" + value!.Replace("'", "''", StringComparison.Ordinal) + "'");
        return $"INSERT INTO kinds (id, i2, i4, b, f4, f8, n, n2, t, v, c, y, u, d, ti, ts, tz, iv, j, jb, ai, at) VALUES ({id}, {string.Join(", ", cells)})";
    }

    private static string Text(Random random, int most)
    {
        var text = new StringBuilder();
        for (var count = random.Next(most + 1); count > 0; count--) text.Append(Letters[random.Next(Letters.Length)] is var letter && most <= 5 && letter == "\\N" ? "n" : letter);
        return text.ToString();
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Bytes16(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }
}
