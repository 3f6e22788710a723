using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>PostgreSQL's catalog of a cluster: schemas, numbers, names and their errors. That it is PostgreSQL's is shown beside a real one, in Shale.SqlTests.</summary>
public class PostgresCatalogTests
{
    [Fact]
    public void Oids_SameNames_AreTheSameInEveryOrder()
    {
        string[] keys = ["class/main/a", "class/main/b", "index/main/a/a_pkey"];
        var first = new CatalogOids(keys);
        var second = new CatalogOids(keys.Reverse().Append("class/main/later"));
        Assert.All(keys, key => Assert.Equal(first.Of(key), second.Of(key)));
        Assert.Equal(keys.Length, keys.Select(first.Of).Distinct().Count());
        Assert.All(keys, key => Assert.InRange(first.Of(key), 16_384, int.MaxValue));
    }

    [Fact]
    public void Oids_ManyNames_AreDifferent()
    {
        var keys = Enumerable.Range(0, 300_000).Select(i => $"class/main/t{i}").ToList();
        var oids = new CatalogOids(keys);
        Assert.Equal(keys.Count, keys.Select(oids.Of).Distinct().Count());
    }

    [Fact]
    [Trait("Rule", "S2.7")]
    public async Task Catalog_AfterARestart_HasTheSameNumbers()
    {
        var directory = Directory.CreateTempSubdirectory("shale-catalog-").FullName;
        const string Asked = "SELECT oid FROM pg_class WHERE relname IN ('t', 't_pkey') ORDER BY relname";
        try
        {
            string[] before;
            await using (var cluster = await OpenAsync(directory))
            {
                await cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, a text)");
                before = await cluster.RowsAsync(Asked);
            }

            await using var again = await OpenAsync(directory);
            await again.RunAsync("CREATE TABLE s (id int PRIMARY KEY)");
            Assert.Equal(before, await again.RowsAsync(Asked));
            Assert.Equal(2, before.Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        static Task<Cluster> OpenAsync(string directory) => Cluster.OpenAsync(1, configure: options => options with { DataDirectory = directory, VSchema = null });
    }

    [Fact]
    [Trait("Rule", "S1.1")]
    public async Task Namespaces_OtherKeyspaces_AreSchemas()
    {
        await using var cluster = await Cluster.OpenAsync(1, configure: options => options with { VSchema = options.VSchema!.WithKeyspace(VKeyspace.Create("shop", KeyRange.Split(2))), Keyspace = "main" });
        await cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE item (id int PRIMARY KEY)", []) { Target = "shop" });
        Assert.Equal(["information_schema", "pg_catalog", "public", "shop"], await cluster.RowsAsync("SELECT nspname FROM pg_namespace ORDER BY nspname"));
        Assert.Equal(["public|t|true", "shop|item|false"], await cluster.RowsAsync("SELECT n.nspname, c.relname, pg_table_is_visible(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'shop') ORDER BY 1, 2"));
        Assert.Equal(["shop.item|t"], await cluster.RowsAsync("SELECT 'shop.item'::regclass, 'main.t'::regclass"));
        Assert.Equal(["main", "shop"], await cluster.RowsAsync("SELECT datname FROM pg_database ORDER BY 1"));
    }

    [Fact]
    public async Task Classes_EntriesOfLookupVindexes_AreNotListed()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync("CREATE TABLE t (id int PRIMARY KEY, mail text UNIQUE)");
        Assert.Equal(["t"], await cluster.RowsAsync("SELECT relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384"));
        Assert.Equal(["t_mail_key|CREATE UNIQUE INDEX t_mail_key ON public.t USING btree (mail)", "t_pkey|CREATE UNIQUE INDEX t_pkey ON public.t USING btree (id)"], await cluster.RowsAsync("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1"));
    }

    [Theory]
    [InlineData("SELECT 'nothing'::regclass", "42P01")]
    [InlineData("SELECT 'nothing'::regtype", "42704")]
    [InlineData("SELECT 'nothing'::regnamespace", "3F000")]
    [InlineData("SELECT 'nothing'::regproc", "42883")]
    [InlineData("SELECT 'lpad(int)'::regprocedure", "42883")]
    [InlineData("SELECT 'x'::oid", "22P02")]
    [InlineData("SELECT '4294967296'::oid", "22003")]
    [InlineData("SELECT current_setting('nothing')", "42704")]
    [InlineData("CREATE TABLE u (id int PRIMARY KEY, r regclass)", "0A000")]
    [InlineData("INSERT INTO pg_class (oid) VALUES (1)", "42P01")]
    public async Task Names_OfNothing_AreErrors(string sql, string sqlState)
    {
        await using var cluster = await Cluster.OpenAsync(1);
        Assert.Equal(sqlState, (await cluster.FailsAsync(sql)).SqlState);
    }

    [Theory]
    [InlineData("SELECT to_regclass('nothing'), to_regtype('nothing'), to_regclass('T'), to_regclass('\"T\"')", "NULL|NULL|t|NULL")]
    [InlineData("SELECT 't'::regclass::text, 'public.t'::regclass, 't'::regclass::oid = (SELECT oid FROM pg_class WHERE relname = 't'), 0::regclass, 77::oid::regclass", "t|t|true|-|77")]
    [InlineData("SELECT 'int'::regtype, 'varchar(10)'::regtype, '_text'::regtype, 'pg_catalog.int8[]'::regtype, 23::regtype::text, '\"char\"'::regtype", "integer|character varying|text[]|bigint[]|integer|\"char\"")]
    [InlineData("SELECT format_type(1043, 24), format_type(1700, 327686), format_type(1184, 3), format_type(1042, -1), format_type(99999, NULL), format_type(NULL, 1)", "character varying(20)|numeric(5,2)|timestamp(3) with time zone|bpchar|???|NULL")]
    [InlineData("SELECT pg_get_serial_sequence('t', 'id'), pg_get_serial_sequence('public.t', 'a'), current_schemas(true), pg_get_userbyid(10), pg_get_userbyid(5)", "public.t_id_seq|NULL|{pg_catalog,public}|shale|unknown (OID=5)")]
    [InlineData("SELECT current_setting('server_version_num'), current_setting('nothing', true), pg_size_pretty(10239), pg_size_pretty(10240), pg_size_pretty(-123456789), pg_size_pretty(10485247)", "150000|NULL|10239 bytes|10 kB|-118 MB|10239 kB")]
    [InlineData("SELECT has_table_privilege('t', 'SELECT'), pg_encoding_to_char(6), pg_relation_size('t') >= 0, obj_description('t'::regclass)", "true|UTF8|true|NULL")]
    [InlineData("SELECT age(c.xmin) <= coalesce(nullif(greatest(age('7'::varchar::xid), -1), -1), 2147483647), age(NULL::xid) FROM pg_class c WHERE relname = 't'", "true|NULL")]
    [InlineData("SELECT oidvectortypes(proargtypes), oid::regprocedure, oid::regproc::regprocedure = 'lpad(text, integer, text)'::regprocedure FROM pg_proc WHERE proname = 'lpad' AND pronargs = 3", "text, integer, text|lpad(text,integer,text)|true")]
    [InlineData("SELECT count(*) > 20, max(s.setting) FILTER (WHERE s.name = 'server_version_num') FROM pg_show_all_settings() s", "true|150000")]
    [InlineData("SELECT word, catcode, barelabel, catdesc, baredesc FROM pg_get_keywords() WHERE word = 'over'", "over|U|false|unreserved|requires AS")]
    [InlineData("SELECT count(*) FROM (SELECT (d).grantee AS grantee FROM (SELECT aclexplode(relacl) AS d FROM pg_class) a) x JOIN pg_roles r ON r.oid = x.grantee", "0")]
    [InlineData("SELECT count(*), max(g) FROM (SELECT (aclexplode(relacl)).grantor AS g FROM pg_class WHERE relacl IS NOT NULL) x WHERE g > 5::oid", "0|NULL")]
    [InlineData("SELECT count(*) > 20, min(typname) FROM pg_type t LEFT JOIN pg_range r ON t.oid = r.rngtypid WHERE t.typtype IN ('r', 'e', 'd') OR t.typinput = 'array_in(cstring,oid,integer)'::regprocedure OR t.typelem != 0", "true|_aclitem")]
    [InlineData("SELECT 't'::regtype, to_regtype('public.t')::text, format_type((SELECT reltype FROM pg_class WHERE relname = 't'), -1), (SELECT t.oid::regtype FROM pg_type t WHERE t.typname = 't'), 99999::regtype, 'text'::regtype::oid", "t|t|t|t|99999|25")]
    [InlineData("SELECT extname, extversion FROM pg_extension", "plpgsql|1.0")]
    [InlineData("SELECT s.relname FROM pg_class s WHERE pg_get_userbyid(s.relowner) = 'shale' AND s.relname = 't'", "t")]
    [InlineData("SELECT count(*) FROM (SELECT generate_subscripts(conkey, 1) FROM pg_constraint) AS x", "1")]
    public async Task Functions_OverTheCatalog_AnswerAsPostgres(string sql, string expected)
    {
        await using var cluster = await Cluster.OpenAsync(1);
        await cluster.RunAsync("CREATE TABLE t (id bigserial PRIMARY KEY, a varchar(20))");
        Assert.Equal([expected], await cluster.RowsAsync(sql));
    }
}
