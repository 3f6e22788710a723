using System.Security.Cryptography;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>What a server keeps of a password for SCRAM-SHA-256 (RFC 5802, RFC 7677): enough to check it, not enough to know it. Immutable.</summary>
internal sealed class ScramSecret
{
    /// <summary>How often the password is hashed.</summary>
    public const int Iterations = 4096;

    private ScramSecret(byte[] salt, byte[] storedKey, byte[] serverKey) => (Salt, StoredKey, ServerKey) = (salt, storedKey, serverKey);

    public byte[] Salt { get; }

    public byte[] StoredKey { get; }

    public byte[] ServerKey { get; }

    /// <summary>That of a password; the salt is new each time.</summary>
    public static ScramSecret Of(string password) => Of(password, RandomNumberGenerator.GetBytes(16));

    /// <summary>That of a password with a salt that is known.</summary>
    public static ScramSecret Of(string password, byte[] salt)
    {
        var salted = Salted(password, salt, Iterations);
        return new ScramSecret(salt, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>The key that both sides make of a password.</summary>
    public static byte[] Salted(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Prepared(password)), salt, iterations, HashAlgorithmName.SHA256, 32);

    // What clients make of a password before they hash it (SASLprep); of letters of other alphabets only what is written in several ways matters.
    private static string Prepared(string password) => Ascii.IsValid(password) ? password : password.Normalize(NormalizationForm.FormKC);
}
