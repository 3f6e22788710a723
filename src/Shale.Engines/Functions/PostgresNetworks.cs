using Shale.Sql;

namespace Shale.Engines;

/// <summary>Functions and operators of PostgreSQL's inet, cidr and macaddr (manual, 9.12). Addresses come as inet, but where a name says cidr.</summary>
internal static class PostgresNetworks
{
    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_inet_key", value => SqlValue.Blob(Read(value).Key));
        AddOperators(set);
        AddParts(set);
        set.Strict("shale_abbrev_inet", value => SqlValue.Text(Read(value).Abbreviated(SqlTypeKind.Inet)));
        set.Strict("shale_abbrev_cidr", value => SqlValue.Text(Read(value).Abbreviated(SqlTypeKind.Cidr)));
        set.Strict("shale_set_masklen_inet", (value, bits) => Inet(Read(value).WithBits(bits.AsInteger())));
        set.Strict("shale_set_masklen_cidr", (value, bits) => Cidr(Read(value).WithBits(bits.AsInteger()).Network));
        set.Strict("shale_inet_same_family", (a, b) => SqlValue.Boolean(Read(a).IsV6 == Read(b).IsV6));
        set.Strict("shale_inet_merge", (a, b) => Cidr(Read(a).Merged(Read(b))));
        set.Strict("shale_trunc_macaddr", value => SqlValue.Text(value.AsText()[..8] + ":00:00:00"));
    }

    private static void AddOperators(FunctionSet set)
    {
        set.Strict("shale_inet_inside", (a, b) => SqlValue.Boolean(Read(b) is var around && Read(a) is var part && around.Bits < part.Bits && around.Contains(part)));
        set.Strict("shale_inet_within", (a, b) => SqlValue.Boolean(Read(b).Contains(Read(a))));
        set.Strict("shale_inet_around", (a, b) => SqlValue.Boolean(Read(a) is var around && Read(b) is var part && around.Bits < part.Bits && around.Contains(part)));
        set.Strict("shale_inet_contains", (a, b) => SqlValue.Boolean(Read(a).Contains(Read(b))));
        set.Strict("shale_inet_overlaps", (a, b) => SqlValue.Boolean(Read(a).Overlaps(Read(b))));
        set.Strict("shale_inet_and", (a, b) => Inet(Read(a).Combined(Read(b), isAnd: true)));
        set.Strict("shale_inet_or", (a, b) => Inet(Read(a).Combined(Read(b), isAnd: false)));
        set.Strict("shale_inet_not", value => Inet(Read(value).Inverted));
        set.Strict("shale_inet_plus", (a, b) => Inet(Read(a).Plus(b.AsInteger())));
        set.Strict("shale_inet_minus", (a, b) => b.Kind == SqlValueKind.Text ? SqlValue.Integer(Read(a).Minus(Read(b))) : Inet(Read(a).Plus(checked(-b.AsInteger()))));
    }

    private static void AddParts(FunctionSet set)
    {
        set.Strict("shale_family", value => SqlValue.Integer(Read(value).IsV6 ? 6 : 4));
        set.Strict("shale_host", value => SqlValue.Text(Read(value).Host));
        set.Strict("shale_masklen", value => SqlValue.Integer(Read(value).Bits));
        set.Strict("shale_network", value => Cidr(Read(value).Network));
        set.Strict("shale_broadcast", value => Inet(Read(value).Broadcast));
        set.Strict("shale_netmask", value => Inet(Read(value).Mask));
        set.Strict("shale_hostmask", value => Inet(Read(value).HostMask));
    }

    private static PgNetwork Read(SqlValue value) => PgNetwork.Held(value.AsText());

    private static SqlValue Inet(PgNetwork value) => SqlValue.Text(value.ToString(SqlTypeKind.Inet));

    private static SqlValue Cidr(PgNetwork value) => SqlValue.Text(value.ToString(SqlTypeKind.Cidr));
}
