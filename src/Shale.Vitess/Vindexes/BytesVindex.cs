using System.Buffers;
using System.Text;

namespace Shale.Vitess;

/// <summary>
/// Vitess' functions of the bytes of one value: binary, binary_md5, xxhash, and the unicode_loose ones, which fold text first. Bytes are the UTF-8 of the canonical
/// text; a blob's are its own.
/// </summary>
internal sealed class BytesVindex(VindexDefinition definition, BytesVindex.Function function, bool isLoose = false) : IVindex
{
    private const int StackBytes = 256;

    /// <summary>Where bytes live.</summary>
    public delegate KeyspaceId Function(ReadOnlySpan<byte> bytes);

    public string Name => definition.Name;

    public string Type => definition.Type.ToLowerInvariant();

    public int MaxColumns => 1;

    public bool TryMap(ReadOnlySpan<SqlValue> canonicalKey, out KeyspaceId id)
    {
        id = default;
        if (canonicalKey.Length != 1 || canonicalKey[0].IsNull) return false;
        ref readonly var key = ref canonicalKey[0];
        if (key.Kind == SqlValueKind.Blob)
        {
            id = function(key.AsBlob());
            return true;
        }

        var text = key.ToString();
        id = MapText(isLoose ? LooseText.Fold(text) : text);
        return true;
    }

    public bool TryMapInterval(SqlValue? low, SqlValue? high, ICollection<KeyspaceInterval> into) => false;

    private KeyspaceId MapText(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most > StackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        var buffer = rented is null ? stackalloc byte[StackBytes] : rented;
        var id = function(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return id;
    }
}
