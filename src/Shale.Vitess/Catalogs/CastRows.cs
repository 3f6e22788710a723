using Shale.Sql;

namespace Shale.Vitess;

/// <summary><c>pg_cast</c>: what PostgreSQL converts into what between the types that there are. Clients look there whether a function takes a type.</summary>
internal static class CastRows
{
    private const int FirstCast = 10_000;

    // The source; then how it is applied (implicitly, in assignments, explicitly) and made (by a function, as the same bytes), and the targets.
    private const string List = """
        int8 af:int2,int4 if:float4,float8,numeric,oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace
        int2 if:int8,int4,float4,float8,numeric,oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace
        int4 if:int8,float4,float8,numeric af:int2 ef:bool,char ib:oid,regproc,regprocedure,regclass,regtype,regrole,regnamespace
        float4 af:int8,int2,int4,numeric if:float8
        float8 af:int8,int2,int4,float4,numeric
        numeric af:int8,int2,int4 if:float4,float8,numeric
        bool ef:int4 af:text,varchar,bpchar
        oid af:int8 ab:int4 ib:regproc,regprocedure,regclass,regtype,regrole,regnamespace
        regproc ib:oid,regprocedure af:int8 ab:int4
        regprocedure ib:regproc,oid af:int8 ab:int4
        regclass ib:oid af:int8 ab:int4
        regtype ib:oid af:int8 ab:int4
        text if:regclass,name ib:bpchar,varchar af:char
        varchar if:regclass,name,varchar ib:text,bpchar af:char
        regrole ib:oid af:int8 ab:int4
        regnamespace ib:oid af:int8 ab:int4
        bpchar if:text,varchar,name,bpchar af:char
        char if:text af:bpchar,varchar ef:int4
        name if:text af:bpchar,varchar
        date if:timestamp,timestamptz
        time if:interval,timetz,time
        timestamp af:date,time if:timestamptz,timestamp
        timestamptz af:date,time,timestamp,timetz if:timestamptz
        interval af:time if:interval
        timetz af:time if:timetz
        cidr ib:inet af:text,varchar,bpchar
        inet af:cidr,text,varchar,bpchar
        json ai:jsonb
        jsonb ai:json ef:bool,numeric,int2,int4,int8,float4,float8
        """;

    /// <summary>Its rows. The functions that convert are not listed in <c>pg_proc</c>.</summary>
    public static IEnumerable<CatalogRow> All() => Known.Select((cast, i) => new CatalogRow
    {
        { "oid", FirstCast + i }, { "castsource", cast.Source }, { "casttarget", cast.Target }, { "castfunc", 0 }, { "castcontext", cast.How[0] }, { "castmethod", cast.How[1] },
    });

    private static IEnumerable<(int Source, int Target, string How)> Known =>
        from line in List.Split('\n', StringSplitOptions.TrimEntries)
        let words = line.Split(' ')
        from word in words.Skip(1)
        from target in word[3..].Split(',')
        select (OidOf(words[0]), OidOf(target), word[..2]);

    private static int OidOf(string name) => CatalogType.Find(name, out _)!.Oid;
}
