namespace Shale.Postgres.Wire;

/// <summary>What is said of messages that are none. After them nobody knows where the next message begins: the connection ends.</summary>
internal static class WireErrors
{
    /// <summary>08P01.</summary>
    public static VitessException Malformed(string message, string hint = "Use a client that speaks version 3 of PostgreSQL's protocol.") =>
        new(ErrorCodes.QueryError, message, sqlState: "08P01", hint: hint);

    /// <summary>22P04, for a row of a COPY.</summary>
    public static VitessException BadCopy(string message, string context) => new(ErrorCodes.QueryError, message, sqlState: "22P04", hint: "Check the data and the options of COPY.") { Context = context };

    /// <summary>54000: refused before anything is put aside for it.</summary>
    public static VitessException TooLong(long bytes, long most) => new(ErrorCodes.ResourceExhausted.Code, $"a message of {bytes} bytes is longer than the {most} that are taken", null, "54000", false,
        "Send less at once: COPY, or several statements.");
}
