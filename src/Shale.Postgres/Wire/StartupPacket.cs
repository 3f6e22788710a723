using System.Buffers;
using System.Buffers.Binary;

namespace Shale.Postgres.Wire;

/// <summary>What a connection begins with.</summary>
internal enum StartupKind
{
    /// <summary>A session, with its parameters.</summary>
    Session,

    /// <summary>Asks for TLS.</summary>
    Tls,

    /// <summary>Asks for GSSAPI encryption.</summary>
    GssEncryption,

    /// <summary>Cancels what another connection runs.</summary>
    Cancel,

    /// <summary>A session in a version of the protocol that is none of ours.</summary>
    OtherVersion,
}

/// <summary>The first message of a connection, which has no type: length, code, and what belongs to the code.</summary>
internal sealed class StartupPacket
{
    /// <summary>As in PostgreSQL.</summary>
    private const int MostBytes = 10_000;

    private const int CancelCode = 80877102, TlsCode = 80877103, GssCode = 80877104;

    private StartupPacket(StartupKind kind, int version) => (Kind, Version) = (kind, version);

    public StartupKind Kind { get; }

    /// <summary>Major version above, minor below.</summary>
    public int Version { get; }

    public int Major => Version >> 16;

    public int Minor => Version & 0xffff;

    /// <summary>Of a session: user, database, options and variables.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; private init; } = new Dictionary<string, string>();

    /// <summary>Of a cancellation: which connection, and the key that it was given.</summary>
    public (int Process, int Key) Target { get; private init; }

    /// <summary>Takes it off a buffer; false if it is not here whole. Errors: QUERY_ERROR (08P01) for a length that is none, and for a body that is not what its code says.</summary>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, out StartupPacket? packet)
    {
        packet = null;
        if (buffer.Length < 4) return false;
        Span<byte> head = stackalloc byte[4];
        buffer.Slice(0, 4).CopyTo(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 8 or > MostBytes) throw WireErrors.Malformed("invalid length of startup packet");
        if (buffer.Length < length) return false;
        Span<byte> body = stackalloc byte[length - 4];
        buffer.Slice(4, length - 4).CopyTo(body);
        buffer = buffer.Slice(length);
        packet = Read(new MessageBody(body));
        return true;
    }

    private static StartupPacket Read(MessageBody body)
    {
        var code = body.ReadInt32();
        switch (code)
        {
            case TlsCode:
                return new StartupPacket(StartupKind.Tls, code);
            case GssCode:
                return new StartupPacket(StartupKind.GssEncryption, code);
            case CancelCode:
                return new StartupPacket(StartupKind.Cancel, code) { Target = (body.ReadInt32(), body.ReadInt32()) };
        }

        if (code >> 16 != 3) return new StartupPacket(StartupKind.OtherVersion, code);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var name = body.ReadText(); name.Length > 0; name = body.ReadText()) parameters[name] = body.ReadText();
        body.RequireEnd();
        return new StartupPacket(StartupKind.Session, code) { Parameters = parameters };
    }
}
