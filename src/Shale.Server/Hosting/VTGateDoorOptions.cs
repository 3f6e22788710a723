namespace Shale.Server;

/// <summary>Options of the JSON door. Read once, when the endpoint is mapped.</summary>
public sealed class VTGateDoorOptions
{
    /// <summary>The token that every request must bear; null for none, and then the server answers on loopback addresses only (SEMANTICS S6.4).</summary>
    public string? Token { get; set; }

    /// <summary>The longest request, in bytes; 64 MiB. Longer ones are refused with 413.</summary>
    public long MaxRequestBytes { get; set; } = 64L << 20;

    /// <summary>The largest result that is not streamed, in bytes as it is held in memory; 256 MiB. Larger ones are RESOURCE_EXHAUSTED.</summary>
    public long MaxResultBytes { get; set; } = 256L << 20;
}
