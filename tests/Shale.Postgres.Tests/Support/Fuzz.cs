namespace Shale.Postgres.Tests.Support;

/// <summary>Messages that are right, nearly right, or nothing at all.</summary>
internal static class Fuzz
{
    private static readonly string[] Texts =
    [
        "SELECT 1", "BEGIN", "COMMIT", "ROLLBACK", "SELECT * FROM t", "INSERT INTO t VALUES ($1, $2) ON CONFLICT DO NOTHING", "COPY t FROM STDIN", "COPY t TO STDOUT", "SELECT $1::int + 1", "", ";;", "SELECT 'x",
        "SAVEPOINT s", "ROLLBACK TO s", "SHOW ALL", "SET x.y = 'z'", "SELECT g FROM generate_series(1, 50) g; SELECT 1/0", "DISCARD ALL", "VEXPLAIN PLAN SELECT 1", "DEALLOCATE ALL", "COPY (SELECT 1) TO STDOUT (FORMAT binary)",
    ];

    private static readonly string[] Names = ["", "a", "b"];

    public static byte[] Message(Random random)
    {
        var message = Whole(random);
        switch (random.Next(8))
        {
            case 0:
                message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
                return message;
            case 1:
                return message[..random.Next(1, message.Length)];
            case 2:
                var bytes = new byte[random.Next(1, 100)];
                random.NextBytes(bytes);
                return bytes;
            default:
                return message;
        }
    }

    private static byte[] Whole(Random random)
    {
        var (text, name) = (RawClient.Text(Texts[random.Next(Texts.Length)]), RawClient.Text(Names[random.Next(Names.Length)]));
        return random.Next(10) switch
        {
            0 or 1 => RawClient.Message('Q', text),
            2 or 3 => RawClient.Message('P', name, text, RawClient.Short(random.Next(3)), RawClient.Int(random.Next(2) * 23), RawClient.Int(25)),
            4 => RawClient.Message('B', RawClient.Text(""), name, RawClient.Short(1), RawClient.Short(random.Next(2)), RawClient.Short(random.Next(3)), RawClient.Int(4), RawClient.Int(random.Next()), RawClient.Int(-1), RawClient.Short(0)),
            5 => RawClient.Message('D', [random.Next(2) == 0 ? (byte)'S' : (byte)'P'], name),
            6 => RawClient.Message('E', name, RawClient.Int(random.Next(-1, 4))),
            7 => RawClient.Message("HSCcfdF"[random.Next(7)]),
            8 => RawClient.Message('d', System.Text.Encoding.ASCII.GetBytes(random.Next(2) == 0 ? "1\tx\n2\ty\n" : "garbage\n")),
            _ => RawClient.Message('c'),
        };
    }
}
