using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding: <see cref="First"/>, <see cref="Final"/>, <see cref="RequireServer"/>. Not thread-safe.</summary>
internal sealed class ScramClient(string password, string nonce)
{
    // More than any server asks for: one that does would only keep us busy.
    private const int MostIterations = 10_000_000;

    private byte[] _serverSignature = [];

    /// <summary>An exchange with a nonce nobody can foresee.</summary>
    public ScramClient(string password)
        : this(password, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)))
    {
    }

    /// <summary>The client's first message. The user is named at the connection's start.</summary>
    public string First => "n,," + FirstBare;

    private string FirstBare => $"n=,r={nonce}";

    /// <summary>Answers the server's first message. Errors: QUERY_ERROR (08P01) for what is none.</summary>
    public string Final(string serverFirst)
    {
        var (serverNonce, salt, iterations) = ("", Array.Empty<byte>(), 0);
        foreach (var part in serverFirst.Split(','))
        {
            if (part.StartsWith("r=", StringComparison.Ordinal)) serverNonce = part[2..];
            else if (part.StartsWith("s=", StringComparison.Ordinal)) salt = Bytes(part[2..]);
            else if (part.StartsWith("i=", StringComparison.Ordinal)) _ = int.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out iterations);
        }

        if (!serverNonce.StartsWith(nonce, StringComparison.Ordinal) || serverNonce.Length == nonce.Length || salt.Length == 0 || iterations is < 1 or > MostIterations) throw Malformed();
        var salted = ScramSecret.Salted(password, salt, iterations);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var withoutProof = $"c=biws,r={serverNonce}";
        var signed = Encoding.UTF8.GetBytes($"{FirstBare},{serverFirst},{withoutProof}");
        var proof = HMACSHA256.HashData(SHA256.HashData(clientKey), signed);
        for (var i = 0; i < proof.Length; i++) proof[i] ^= clientKey[i];
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), signed);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Checks that the server knows the password too. Errors: QUERY_ERROR (08P01).</summary>
    public void RequireServer(string serverFinal)
    {
        if (!serverFinal.StartsWith("v=", StringComparison.Ordinal) || !CryptographicOperations.FixedTimeEquals(Bytes(serverFinal[2..]), _serverSignature)) throw Malformed();
    }

    private static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw Malformed();
    }

    private static VitessException Malformed() => WireErrors.Malformed("the server's answer to the SCRAM exchange is none");
}
