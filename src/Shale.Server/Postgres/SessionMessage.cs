using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>What one message of a client says. Which of its members count depends on its type.</summary>
internal readonly record struct SessionMessage(FrontendMessage Type)
{
    /// <summary>The query string, or the statement of PARSE.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Of a statement or a portal.</summary>
    public string Name { get; private init; } = "";

    /// <summary>S for a statement, P for a portal.</summary>
    public char Kind { get; private init; }

    /// <summary>How many rows EXECUTE asks for; 0 for all.</summary>
    public int Most { get; private init; }

    /// <summary>The types that PARSE declares.</summary>
    public int[] Types { get; private init; } = [];

    /// <summary>The portal that BIND has taken the place of; null for none.</summary>
    public SessionPortal? Replaced { get; init; }

    /// <summary>Why it cannot be answered; null if it can.</summary>
    public VitessException? Failure { get; init; }

    /// <summary>Reads one. Errors: QUERY_ERROR (08P01); TYPE_ERROR (22021).</summary>
    public static SessionMessage Read(FrontendMessage type, ReadOnlySpan<byte> bytes)
    {
        var body = new MessageBody(bytes);
        switch (type)
        {
            case FrontendMessage.Query:
                var query = new SessionMessage(type) { Text = body.ReadText() };
                body.RequireEnd();
                return query;
            case FrontendMessage.Parse:
                var (name, text, types) = (body.ReadText(), body.ReadText(), new int[body.ReadCount(4)]);
                for (var i = 0; i < types.Length; i++) types[i] = body.ReadInt32();
                body.RequireEnd();
                return new SessionMessage(type) { Name = name, Text = text, Types = types };
            case FrontendMessage.Describe or FrontendMessage.Close:
                var kind = (char)body.ReadByte();
                if (kind is not ('S' or 'P')) throw WireErrors.Malformed($"invalid {type.ToString().ToUpperInvariant()} message subtype {(int)kind}");
                var named = new SessionMessage(type) { Kind = kind, Name = body.ReadText() };
                body.RequireEnd();
                return named;
            case FrontendMessage.Execute:
                var execute = new SessionMessage(type) { Name = body.ReadText(), Most = Math.Max(body.ReadInt32(), 0) };
                body.RequireEnd();
                return execute;
            default:
                return new SessionMessage(type);
        }
    }
}
