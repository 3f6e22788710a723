namespace Shale.PageLog;

/// <summary>An entry of a <see cref="BlockTable{T}"/>: 32 bytes, with an order.</summary>
internal interface IBlockEntry<T> : IComparable<T>
{
    /// <summary>Bytes of an entry.</summary>
    const int Bytes = 32;

    /// <summary>Writes it.</summary>
    void Write(Span<byte> to);

    /// <summary>Reads one.</summary>
    static abstract T Read(ReadOnlySpan<byte> from);
}
