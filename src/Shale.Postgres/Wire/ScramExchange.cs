using System.Security.Cryptography;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>The server's side of one SCRAM-SHA-256 exchange: <see cref="Begin"/>, then <see cref="End"/>. Not thread-safe.</summary>
internal sealed class ScramExchange(ScramSecret secret, string nonce)
{
    /// <summary>The mechanism's name.</summary>
    public const string Mechanism = "SCRAM-SHA-256";

    private string _clientFirst = "", _serverFirst = "", _binding = "", _nonce = "";

    /// <summary>An exchange with a nonce nobody can foresee.</summary>
    public ScramExchange(ScramSecret secret)
        : this(secret, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)))
    {
    }

    /// <summary>Answers the client's first message. Errors: QUERY_ERROR (08P01) for what is none, and for channel binding, which was not offered.</summary>
    public string Begin(string message)
    {
        // n,,n=user,r=nonce: the name stands in the start of the connection, and this one is not looked at.
        var parts = message.Split(',', 3);
        if (parts.Length < 3 || parts[0] is not ("n" or "y")) throw Malformed();
        _binding = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{parts[0]},{parts[1]},"));
        _clientFirst = parts[2];
        var clientNonce = Attribute(_clientFirst, 'r');
        if (clientNonce.Length == 0) throw Malformed();
        _nonce = clientNonce + nonce;
        return _serverFirst = $"r={_nonce},s={Convert.ToBase64String(secret.Salt)},i={ScramSecret.Iterations}";
    }

    /// <summary>Checks the client's proof; null if it is wrong. Errors: QUERY_ERROR (08P01) for what is none.</summary>
    public string? End(string message)
    {
        var at = message.LastIndexOf(",p=", StringComparison.Ordinal);
        if (at < 0 || _nonce.Length == 0) throw Malformed();
        var withoutProof = message[..at];
        if (Attribute(withoutProof, 'c') != _binding || Attribute(withoutProof, 'r') != _nonce) throw Malformed();
        var proof = new byte[32];
        if (!Convert.TryFromBase64String(message[(at + 3)..], proof, out var length) || length != proof.Length) throw Malformed();
        var signed = Encoding.UTF8.GetBytes($"{_clientFirst},{_serverFirst},{withoutProof}");
        var signature = HMACSHA256.HashData(secret.StoredKey, signed);
        for (var i = 0; i < proof.Length; i++) proof[i] ^= signature[i];
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(proof), secret.StoredKey)) return null;
        return "v=" + Convert.ToBase64String(HMACSHA256.HashData(secret.ServerKey, signed));
    }

    private static string Attribute(string message, char name)
    {
        foreach (var part in message.Split(','))
        {
            if (part.Length > 1 && part[0] == name && part[1] == '=') return part[2..];
        }

        return "";
    }

    private static VitessException Malformed() => WireErrors.Malformed("malformed SCRAM message");
}
