using System.Globalization;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>An error that a server has told.</summary>
internal sealed class ServerFailure : Exception
{
    private ServerFailure(string message)
        : base(message)
    {
    }

    /// <summary>The code.</summary>
    public string SqlState { get; private init; } = "XX000";

    /// <summary>What to do; null for nothing.</summary>
    public string? Hint { get; private init; }

    /// <summary>The routine of the server that found it.</summary>
    public string? Routine { get; private init; }

    /// <summary>The place in the statement, 1-based, in characters; 0 for none.</summary>
    public int Position { get; private init; }

    /// <summary>PostgreSQL's own words about the values; null for none.</summary>
    public string? Detail { get; private init; }

    /// <summary>The table that it is about; null for none.</summary>
    public string? Table { get; private init; }

    /// <summary>The column that it is about; null for none.</summary>
    public string? Column { get; private init; }

    /// <summary>The constraint that it is about; null for none.</summary>
    public string? Constraint { get; private init; }

    /// <summary>Where the server was when it failed; null if it does not say.</summary>
    public string? Where { get; private init; }

    /// <summary>Reads an ErrorResponse.</summary>
    public static ServerFailure Read(ReadOnlySpan<byte> bytes)
    {
        var body = new MessageBody(bytes);
        var fields = new Dictionary<char, string>();
        while (body.ReadByte() is var field and not 0) fields[(char)field] = body.ReadText();
        _ = int.TryParse(fields.GetValueOrDefault('P'), NumberStyles.None, CultureInfo.InvariantCulture, out var position);
        return new ServerFailure(fields.GetValueOrDefault('M', ""))
        {
            SqlState = fields.GetValueOrDefault('C', "XX000"),
            Hint = fields.GetValueOrDefault('H'),
            Detail = fields.GetValueOrDefault('D'),
            Where = fields.GetValueOrDefault('W'),
            Routine = fields.GetValueOrDefault('R'),
            Table = fields.GetValueOrDefault('t'),
            Column = fields.GetValueOrDefault('c'),
            Constraint = fields.GetValueOrDefault('n'),
            Position = position,
        };
    }
}
