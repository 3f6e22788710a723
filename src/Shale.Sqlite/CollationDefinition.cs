using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shale.Sqlite;

/// <summary>Compares two texts in UTF-8, valid during the call only: negative, zero or positive.</summary>
public delegate int Utf8Comparison(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

/// <summary>A collation ready to be registered on any number of connections. Made once and kept for the life of the process.</summary>
public sealed unsafe class CollationDefinition
{
    private readonly byte[] _name;
    private readonly Utf8Comparison _compare;
    private readonly nint _self;

    /// <summary>Describes a collation.</summary>
    /// <param name="name">Its SQL name.</param>
    /// <param name="compare">A total order; it must not throw.</param>
    public CollationDefinition(string name, Utf8Comparison compare)
    {
        _name = Utf8.Terminated(name);
        _compare = compare;
        _self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
    }

    internal int Register(nint db)
    {
        fixed (byte* name = _name) return Native.sqlite3_create_collation_v2(db, name, SqliteCode.Utf8, _self, &Compare, 0);
    }

    // A comparison has no way to fail in SQLite.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Compare(nint data, int leftLength, byte* left, int rightLength, byte* right)
    {
        try
        {
            var self = (CollationDefinition)GCHandle.FromIntPtr(data).Target!;
            return self._compare(new ReadOnlySpan<byte>(left, leftLength), new ReadOnlySpan<byte>(right, rightLength));
        }
        catch (Exception)
        {
            return new ReadOnlySpan<byte>(left, leftLength).SequenceCompareTo(new ReadOnlySpan<byte>(right, rightLength));
        }
    }
}
