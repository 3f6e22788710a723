using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shale.Cli.Config;

/// <summary>The certificate of the HTTPS door.</summary>
internal static class DoorCertificate
{
    private const string FileName = "localhost.pem";
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <summary>Reads a certificate in PEM. UNAUTHORIZED for files that do not hold one with its key.</summary>
    public static X509Certificate2 Read(string certificate, string? key)
    {
        try
        {
            return Usable(X509Certificate2.CreateFromPemFile(certificate, key));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new VitessException(ErrorCodes.Unauthorized, $"{certificate} holds no certificate with its key: {failure.Message}",
                hint: "Give both in PEM: --cert FILE --key FILE.");
        }
    }

    /// <summary>The certificate for localhost in a data directory, which is made if it is not there or has run out. Clients trust it by SSL_CERT_FILE.</summary>
    /// <returns>The certificate and its file.</returns>
    public static (X509Certificate2 Certificate, string Path) ForDevelopment(string directory, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            var known = Read(path, null);
            if (known.NotAfter > now.AddDays(1)) return (known, path);
            known.Dispose();
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Shale development", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var made = request.CreateSelfSigned(now.AddDays(-1), now + Life);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path, options)) writer.Write(made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return (Read(path, null), path);
    }

    // A key that came from PEM is not always one that TLS can use; one that came from PKCS#12 is.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
