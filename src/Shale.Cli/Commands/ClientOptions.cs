using System.CommandLine;

namespace Shale.Cli.Commands;

/// <summary>What the commands that speak to a server have in common.</summary>
internal static class ClientOptions
{
    /// <summary>Where `shale serve` listens when nobody says.</summary>
    public const string DefaultEndpoint = "http://127.0.0.1:15000";

    /// <summary>--endpoint.</summary>
    public static Option<string> Endpoint() => new("--endpoint")
    {
        Description = "The server's URL. Also SHALE_ENDPOINT.",
        HelpName = "URL",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SHALE_ENDPOINT") is { Length: > 0 } url ? url : DefaultEndpoint,
    };

    /// <summary>--token.</summary>
    public static Option<string?> Token() => new("--token") { Description = "The server's token. Also SHALE_TOKEN.", HelpName = "T" };

    /// <summary>The token that was given, or that of the environment; null for none.</summary>
    public static string? TokenOf(string? given) => given ?? (Environment.GetEnvironmentVariable("SHALE_TOKEN") is { Length: > 0 } token ? token : null);

    /// <summary>Whether an endpoint is a URL; says so if not.</summary>
    public static async Task<bool> IsUrlAsync(string endpoint)
    {
        if (Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)) return true;
        await Console.Error.WriteLineAsync($"ERROR: \"{endpoint}\" is no endpoint; write a URL such as http://127.0.0.1:15000");
        return false;
    }
}
